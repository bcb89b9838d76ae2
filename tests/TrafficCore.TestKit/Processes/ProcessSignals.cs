using System.Diagnostics;
using System.Globalization;

namespace TrafficCore.TestKit.Processes;

/// <summary>Signals that .NET has no method for.</summary>
internal static class ProcessSignals
{
    /// <summary>Sends one, by name without SIG.</summary>
    public static async Task SignalAsync(this Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().ConfigureAwait(false);
    }
}
