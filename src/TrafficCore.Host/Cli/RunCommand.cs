using System.CommandLine;
using System.Runtime.InteropServices;
using TrafficCore.Host.Configuration;
using TrafficCore.Pipeline;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore run</c>: runs the service until it is told to stop.</summary>
internal static class RunCommand
{
    public static Command Create(CliContext context)
    {
        var command = new Command("run", "Runs the service; SIGTERM and Ctrl-C drain and stop it");
        command.SetAction((_, cancellation) => RunAsync(context, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellation)
    {
        if (context.ReadCheckedSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        try
        {
            return await ServeAsync(settings, context, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return ExitCodes.Done;
        }
        catch (DataDirectoryException error)
        {
            await context.Error.WriteLineAsync($"Data:Directory: {error.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await context.Error.WriteLineAsync($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }

        void Stop(PosixSignalContext signal)
        {
            // The first signal drains; a second one has the system's default effect.
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    private static async Task<int> ServeAsync(ServiceSettings settings, CliContext context, CancellationToken stop)
    {
        await using var service = await TrafficCoreService.StartAsync(settings, TimeProvider.System, cancellation: stop);
        await context.Output.WriteLineAsync($"listening mqtt={service.MqttAddress} http={service.Http}{(service.MqttTls is { } tls ? $" mqtts={tls}" : "")}");
        await context.Output.FlushAsync(CancellationToken.None);
        var failed = await service.WaitAsync(stop);
        await service.StopAsync(failed ? "a part of it failed" : "asked to");
        return failed ? ExitCodes.Failed : ExitCodes.Done;
    }
}
