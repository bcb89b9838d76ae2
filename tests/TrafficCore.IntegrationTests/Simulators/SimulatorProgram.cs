using System.Text.Json;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>The simulator program in this process, from arguments to exit code and report.</summary>
internal static class SimulatorProgram
{
    /// <summary>Long enough for a busy machine; a run that hangs fails here.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Runs a command that ends with a line of JSON.</summary>
    public static async Task<(int Exit, JsonElement Report)> RunAsync(params string[] arguments)
    {
        var (exit, output, error) = await RunTextAsync(arguments);
        var last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).LastOrDefault();
        Assert.True(last is not null, error);
        using var json = JsonDocument.Parse(last);
        return (exit, json.RootElement.Clone());
    }

    /// <summary>Runs a command.</summary>
    public static async Task<(int Exit, string Output, string Error)> RunTextAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exit = await SimulatorCommandLine.RunAsync(arguments, output, error).WaitAsync(Limit);
        return (exit, output.ToString(), error.ToString());
    }
}
