using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.IntegrationTests.Storage;

public sealed class InfluxTokenFileTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public async Task TokenFile_ThatChanges_IsUsedWithoutARestart()
    {
        await using InfluxDouble server = new() { Token = "first" };
        await using InfluxFixture influx = new(OptionsFor(server.Start()));
        await File.WriteAllTextAsync(directory["token"], "first\n");
        await influx.Start().DeliverAsync(Row("a"));

        server.Token = "second";
        influx.Output.Append(1, Row("b"));
        await TroubleAsync(influx, "401");
        await File.WriteAllTextAsync(directory["token"], "  second\n");

        await influx.DeliveredAsync();
        Assert.Equal(2, server.Points.Count);
    }

    [Fact]
    public async Task TokenFile_GoneOrSpoilt_HoldsDeliveryUpUntilItIsRight()
    {
        await using InfluxDouble server = new();
        await using InfluxFixture influx = new(OptionsFor(server.Start()));
        influx.Output.Append(1, Row("a"));
        influx.Start();
        await TroubleAsync(influx, directory["token"]);

        await File.WriteAllTextAsync(directory["token"], server.Token);

        await influx.DeliveredAsync();
        Assert.Single(server.Points);

        await File.WriteAllTextAsync(directory["token"], "one\ntwo");
        influx.Output.Append(1, Row("b"));
        await TroubleAsync(influx, "New-line");
        await File.WriteAllTextAsync(directory["token"], server.Token);
        await influx.DeliveredAsync();
    }

    [Theory]
    [InlineData(null, "", "Could not find file")]
    [InlineData(" \n", "", "is empty")]
    [InlineData("one\ntwo\n", "", "has more than one line")]
    [InlineData("secret", "--Influx:Token=other", "is there, and so is Influx:Token: only one of them can be meant")]
    public async Task Check_TokenFileWrong_IsToldUnderItsKey(string? content, string token, string expected)
    {
        if (content is not null)
        {
            await File.WriteAllTextAsync(directory["token"], content);
        }

        string[] arguments = ["check", $"--Influx:TokenFile={directory["token"]}", .. token.Length > 0 ? [token] : Array.Empty<string>()];
        (int exit, string output) = await ServiceProcess.RunAsync("trafficcore.dll", arguments);

        Assert.Equal(2, exit);
        Assert.Contains(output.Split('\n'), line => line.StartsWith("Influx:TokenFile: ", StringComparison.Ordinal) && line.Contains(expected, StringComparison.Ordinal));
    }

    private InfluxOptions OptionsFor(InfluxDouble server) => new() { Url = server.Url, Org = server.Org, Bucket = server.Bucket, TokenFile = directory["token"] };

    private static Task TroubleAsync(InfluxFixture influx, string text) => Eventually.ReachesAsync(
        () => Task.FromResult(influx.Sink.Trouble is { } trouble && trouble.Contains(text, StringComparison.Ordinal) ? null : influx.Sink.Trouble ?? "no trouble"),
        TimeSpan.FromSeconds(20));

    private static FlowRow Row(string id) => new() { Level = FlowLevel.Approach, Intersection = "i", Id = id, Start = 1_709_330_400_000, Length = 60_000, Revision = 1, Volume = 1 };
}
