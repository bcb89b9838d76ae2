using System.Net;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>A disk that really fills up: devices are held, nobody is lied to, reads go on, and with room again everything does.</summary>
public sealed class DiskFullTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task Disk_FullThenFreed_HoldsDevicesServesReadsAndLosesNothing()
    {
        using var disk = SmallDisk.TryMount(mebibytes: 64);
        Assert.SkipWhen(disk is null && !RequiredTools.AreRequired, "a file system cannot be mounted here (needs root)");
        Assert.NotNull(disk);
        await using var service = await ServiceProcess.StartAsync(
            Path.Combine(disk.FullName, "data"), "--Pipeline:SegmentBytes=1048576", "--Windows:IdleTimeout=1s", "--Pipeline:SnapshotInterval=2s");
        using var api = new ServiceApi(service.Http);
        using var done = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var fleet = new DeviceFleet(detectors: 100, readingsPerDevice: 1000);
        var devices = fleet.RunAsync(() => service.MqttPort, done.Token);
        await fleet.WhenAcknowledgedAsync(fleet.Total / 10, Limit);

        // A segment's room is reserved ahead, so acknowledgements go on until it is used up. Deleting files makes room meanwhile.
        await Eventually.ReachesAsync(
            async () =>
            {
                disk.Fill();
                var answer = await ReadyAsync(service);
                return answer.Contains("log input unavailable: the disk refuses writes", StringComparison.Ordinal) ? null : answer;
            },
            Limit);
        Assert.Contains("\ntrafficcore_log_available{log=\"input\"} 0", await api.GetTextAsync("metrics"), StringComparison.Ordinal);
        await AssertReadsGoOnAsync(api);
        var acknowledged = fleet.Acknowledged;
        Assert.InRange(acknowledged, 1, fleet.Total - 1);
        await AssertReadsGoOnAsync(api);
        Assert.Equal(acknowledged, fleet.Acknowledged);

        disk.Free();
        await devices;
        Assert.Equal(fleet.Total, fleet.Acknowledged);
        await api.WhenReadyAsync(Limit);
        await fleet.AssertWindowsAsync(service);
        await fleet.AssertLedgerAsync(service);
        Assert.Equal(0, await service.TerminateAsync());
        var (exit, output) = await ServiceProcess.RunAsync("trafficcore.dll", "audit", "--verify", $"--Data:Directory={disk.FullName}/data");
        Assert.True(exit == 0, output);
    }

    private static async Task AssertReadsGoOnAsync(ServiceApi api)
    {
        Assert.NotEqual(0, (await api.GetAsync("api/v1/intersections")).GetArrayLength());
        Assert.NotEqual(0, (await api.LedgerAsync()).GetProperty("stored").GetInt64());
        Assert.Equal("live", (await api.GetAsync("health/live")).GetProperty("status").GetString());
    }

    private static async Task<string> ReadyAsync(ServiceProcess service)
    {
        using var http = new HttpClient { BaseAddress = service.Http };
        using var answer = await http.GetAsync(new Uri("health/ready", UriKind.Relative));
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal(text.Contains("unready", StringComparison.Ordinal), answer.StatusCode == HttpStatusCode.ServiceUnavailable);
        return text;
    }
}
