using System.Globalization;
using System.Text.RegularExpressions;
using TrafficCore.IntegrationTests.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>What a hostile client makes the program write.</summary>
public sealed partial class LogTests
{
    [Fact]
    public async Task Log_ClientIdWithControlCharacters_CannotForgeALine()
    {
        using var data = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(data.FullName);
        using (var client = await RawClient.ConnectAsync(service.MqttPort, "evil\n2026-01-01T00:00:00.000Z crit: TrafficCore[1] forged\u001b[31m"))
        {
            await client.SendAsync([0x36, 0x00]);
            Assert.Equal("closed", await client.ReadAsync());
        }

        Assert.Equal(0, await service.TerminateAsync());
        var line = Assert.Single(service.Output.Split('\n'), line => line.Contains("forged", StringComparison.Ordinal));
        Assert.Contains(@"[1003] evil\u000A2026-01-01T00:00:00.000Z crit: TrafficCore[1] forged\u001B[31m from 127.0.0.1:", line, StringComparison.Ordinal);
        Assert.DoesNotContain("(null)", service.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Log_FloodOfBadConnects_IsCutAndCounted()
    {
        const int Flood = 150;
        using var data = new TemporaryDirectory();
        await using var service = await ServiceProcess.StartAsync(data.FullName);
        for (var i = 0; i < Flood; i++)
        {
            using var client = await RawClient.OpenAsync(service.MqttPort);
            await client.SendAsync([0xC0, 0x00]);
            Assert.Equal("closed", await client.ReadAsync());
        }

        Assert.Equal(0, await service.TerminateAsync());
        var logged = service.Output.Split('\n').Count(line => line.Contains("[1002] - from 127.0.0.1:", StringComparison.Ordinal));
        var leftOut = LeftOut().Matches(service.Output).Sum(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture));
        Assert.InRange(logged, 1, Flood - 1);
        Assert.Equal(Flood, logged + leftOut);
    }

    [GeneratedRegex(@"\[1009\] (\d+) more refused connections \(0x82\)")]
    private static partial Regex LeftOut();
}
