using System.Diagnostics;

namespace TrafficCore.TestKit.Processes;

/// <summary>Runs a program of the system to its end.</summary>
internal static class SystemTool
{
    /// <summary>False where it is not there or refuses.</summary>
    public static bool TryRun(string program, params string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || RequiredTools.Find(program) is not { } path)
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(path, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
