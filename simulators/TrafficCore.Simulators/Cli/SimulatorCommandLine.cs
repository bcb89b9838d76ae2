using System.CommandLine;
using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.City.Run;
using TrafficCore.Simulators.City.Scoring;
using TrafficCore.Simulators.Demo;
using TrafficCore.Simulators.Load;
using TrafficCore.Simulators.Replay;
using TrafficCore.Simulators.Verify;

namespace TrafficCore.Simulators.Cli;

/// <summary>The program's command line, from arguments to exit code.</summary>
internal static class SimulatorCommandLine
{
    /// <summary>Runs one command and returns the exit code.</summary>
    /// <param name="arguments">What was typed.</param>
    /// <param name="output">Results.</param>
    /// <param name="error">Everything else.</param>
    /// <param name="cancellation">Asks for the end, as Ctrl-C does.</param>
    public static async Task<int> RunAsync(string[] arguments, TextWriter output, TextWriter error, CancellationToken cancellation = default)
    {
        var root = new RootCommand("Simulated and recorded traffic for TrafficCore.")
        {
            DemoCommand.Create(output),
            CityCommand.Create(output),
            ScoreCommand.Create(output),
            LoadCommand.Create(output),
            ReplayCommand.Create(output),
            VerifyCommand.Create(output),
        };
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var wrong in parsed.Errors)
            {
                await error.WriteLineAsync(wrong.Message);
            }

            await error.WriteLineAsync("Add --help to see what can be said.");
            return ExitCode.Usage;
        }

        try
        {
            var configuration = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,

                // Its own handling of signals begins when the command first waits, which may be after minutes.
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(configuration, cancellation);
        }
        catch (UsageException e)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }
        catch (Exception e) when (e is MqttConnectionException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Lost;
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync("stopped before there was a result");
            return ExitCode.Stopped;
        }
    }
}
