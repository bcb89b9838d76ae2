using System.Runtime.InteropServices;

namespace TrafficCore.Host.Cli;

/// <summary>Ctrl-C and SIGTERM for commands that fill a directory: they end between two pieces, and leave the mark of what is not whole.</summary>
/// <remarks>Ownership: one command. The service has its own handling, because it drains first.</remarks>
internal static class StopSignals
{
    /// <summary>Runs until it is done, or until the first signal; a second one has the system's own effect.</summary>
    /// <param name="context">Where to say that it was stopped.</param>
    /// <param name="run">The command.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CliContext context, Func<CancellationToken, Task<int>> run)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            return await run(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await context.Error.WriteLineAsync("stopped before it was done: what is there is not taken for whole, and the same command may be run again");
            return ExitCodes.Stopped;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested;
            stop.Cancel();
        }
    }

    /// <summary>The same for a command that does not wait for anything.</summary>
    public static Task<int> RunAsync(CliContext context, Func<CancellationToken, int> run) => RunAsync(context, stop => Task.FromResult(run(stop)));
}
