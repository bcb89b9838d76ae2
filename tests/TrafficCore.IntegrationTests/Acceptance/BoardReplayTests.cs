using System.Globalization;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>The same rush hour gives the same board log, byte by byte: at any speed, with any number of shards, in any interleaving, and through SIGKILL.</summary>
public sealed class BoardReplayTests
{
    // Loading a busy machine must not look like a silent street.
    private static readonly string[] Options =
        ["--Ingest:MaxAge=unlimited", "--Boards:MaxInputAge=unlimited", "--Windows:IdleTimeout=60s", "--Boards:SaveEvery=1s", "--Pipeline:SnapshotInterval=2s"];

    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task BoardLog_RushHourAtAnySpeedAndShardCount_IsByteEqual()
    {
        // As fast as it goes; one intersection an hour ahead of the other; slowly and side by side.
        var together = await RunAsync(1, port => Task.WhenAll(SendAsync(port, "int-1"), SendAsync(port, "int-2")));
        var skewed = await RunAsync(2, async port =>
        {
            await SendAsync(port, "int-2");
            await SendAsync(port, "int-1");
        });
        var slowly = await RunAsync(7, port => Task.WhenAll(SendAsync(port, "int-1", TimeSpan.FromMilliseconds(150)), SendAsync(port, "int-2", TimeSpan.FromMilliseconds(400))));

        AssertTellsARushHour(together);
        Assert.Equal(together, skewed);
        Assert.Equal(together, slowly);
    }

    [Fact]
    public async Task BoardLog_SigkillInTheMiddleOfAWarning_IsTheUndisturbedOneAndTheMessageStands()
    {
        var undisturbed = await RunAsync(1, port => Task.WhenAll(SendAsync(port, "int-1"), SendAsync(port, "int-2")));

        using var data = new TemporaryDirectory();
        var network = await WriteNetworkAsync(data);
        string[] arguments = [.. Options, $"--Network:File={network}"];
        var service = await ServiceProcess.StartAsync(data["data"], arguments);
        try
        {
            // Minutes 25, 30 and 45 lie in the warnings; at the second kill nothing is waited for, so windows are lost half-judged.
            var (first, second) = (0, 0);
            foreach (var (minute, settles) in new[] { (25, true), (30, false), (45, true) })
            {
                first = await SendAllAsync(service, "int-1", first, minute * 6 * 3);
                second = await SendAllAsync(service, "int-2", second, minute * 6);
                var before = settles ? await ShownAsync(service, minute) : null;
                await service.KillAsync();
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(data["data"], arguments);
                if (before is not null)
                {
                    Assert.Equal(before, await RetainedMessage.IdAsync(service, "int-1", "b-1"));
                }
            }

            await SendAllAsync(service, "int-1", first, RushHour.Of("int-1").Count);
            await SendAllAsync(service, "int-2", second, RushHour.Of("int-2").Count);
            await JudgedAsync(service, RushHour.End);
            Assert.Equal(0, await service.TerminateAsync());
        }
        finally
        {
            await service.DisposeAsync();
        }

        Assert.Equal(undisturbed, await ExportAsync(data["data"]));
    }

    private static async Task SendAsync(int port, string intersection, TimeSpan? pause = null) =>
        Assert.Equal(RushHour.Of(intersection).Count, await RushHour.SendAsync(port, intersection, 0, RushHour.Of(intersection).Count, pause));

    private static async Task<int> SendAllAsync(ServiceProcess service, string intersection, int from, int to)
    {
        Assert.Equal(to, await RushHour.SendAsync(service.MqttPort, intersection, from, to - from));
        return to;
    }

    private static async Task<string> RunAsync(int shards, Func<int, Task> send)
    {
        using var data = new TemporaryDirectory();
        var network = await WriteNetworkAsync(data);
        await using (var service = await ServiceProcess.StartAsync(data["data"], [.. Options, $"--Network:File={network}", string.Create(CultureInfo.InvariantCulture, $"--Pipeline:Shards={shards}")]))
        {
            await send(service.MqttPort);
            await JudgedAsync(service, RushHour.End);
            Assert.Equal(0, await service.TerminateAsync());
        }

        return await ExportAsync(data["data"]);
    }

    private static async Task<string> WriteNetworkAsync(TemporaryDirectory data)
    {
        await File.WriteAllTextAsync(data["network.json"], RushHour.Network);
        return data["network.json"];
    }

    private static async Task<string> ExportAsync(string directory)
    {
        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", "export", "boards", $"--Data:Directory={directory}");
        Assert.True(exitCode == 0, output);
        return output;
    }

    private static async Task JudgedAsync(ServiceProcess service, DateTimeOffset end)
    {
        using var api = new ServiceApi(service.Http);
        await Eventually.ReachesAsync(
            async () =>
            {
                var judged = (await api.GetAsync("api/v1/boards")).EnumerateArray().Select(b => b.TryGetProperty("judgedUntil", out var until) ? until.GetDateTimeOffset() : default).ToList();
                return judged.Count == 3 && judged.TrueForAll(until => until >= end) ? null : $"judged until {string.Join(", ", judged)}";
            },
            Deadline);
    }

    /// <summary>Id of the message on the first board when everything that was sent is judged.</summary>
    private static async Task<string> ShownAsync(ServiceProcess service, int minute)
    {
        await JudgedAsync(service, RushHour.Start.AddMinutes(minute));
        using var api = new ServiceApi(service.Http);
        var board = await api.GetAsync("api/v1/boards/int-1/b-1");
        Assert.NotEqual("", board.GetProperty("multi").GetString());
        return board.GetProperty("messageId").GetString()!;
    }

    private static void AssertTellsARushHour(string log)
    {
        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("time,intersection,board,state,message,priority,rule,id,expires,author,reason", lines[0]);
        Assert.All(new[] { "b-1", "b-2", "b-3" }, board => Assert.InRange(lines.Count(l => l.Contains($",{board},commanded,", StringComparison.Ordinal)), 1, 5));
        Assert.All(new[] { "b-1", "b-2", "b-3" }, board => Assert.Equal("blanked", lines.Last(l => l.Contains($",{board},", StringComparison.Ordinal)).Split(',')[3]));
        Assert.Contains(lines, l => l.Contains("\"\"event\"\":\"\"escalated\"\"", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => l.Contains("decidedBy", StringComparison.Ordinal));
    }
}
