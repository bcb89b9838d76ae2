using System.Diagnostics;
using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>A data directory that may not be written for a while.</summary>
[Collection(FaultSuite.Name)]
public sealed class DiskFaultTests(UndisturbedRun undisturbed)
{
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute;

    [Fact]
    public async Task Directory_ReadOnlyForAWhile_HoldsDevicesAndLosesNothing()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("the modes of Linux are tested");
            return;
        }

        var setpriv = RequiredTools.Find("setpriv");
        Assert.SkipWhen(setpriv is null && Environment.IsPrivilegedProcess, "setpriv is not installed (Debian package util-linux)");
        await using var run = new FaultRun { Prepare = start => WithoutOverride(start, setpriv) };
        await run.StartUnderLoadAsync();
        await run.WhenAcknowledgedAsync(0.1);
        string[] folders = [run.DataDirectory, .. Directory.GetDirectories(run.DataDirectory, "*", SearchOption.AllDirectories)];
        var mode = File.GetUnixFileMode(run.DataDirectory);
        foreach (var folder in folders)
        {
            File.SetUnixFileMode(folder, ReadOnly);
        }

        // The room of the current segments is used up first.
        await run.WhenHealthIsAsync("unavailable: the disk refuses writes");
        Assert.InRange(run.Fleet.Acknowledged, 1, run.Fleet.Total - 1);
        foreach (var folder in folders)
        {
            File.SetUnixFileMode(folder, mode);
        }

        await run.AssertAsUndisturbedAsync(undisturbed);
    }

    // Root writes where it likes; without this capability modes hold for it as for anybody.
    private static void WithoutOverride(ProcessStartInfo start, string? setpriv)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        string[] all = ["--bounding-set", "-dac_override,-dac_read_search", start.FileName, .. start.ArgumentList];
        start.FileName = setpriv!;
        start.ArgumentList.Clear();
        Array.ForEach(all, start.ArgumentList.Add);
    }
}
