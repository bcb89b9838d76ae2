using TrafficCore.LoadBench;
using TrafficCore.LoadBench.Profile;

namespace TrafficCore.Tests.LoadBench;

public sealed class ProfileTests
{
    private const string Script = """
        .NET Sockets
        	ffffffff81a0c0f0 tcp_sendmsg_locked ([kernel.kallsyms])
        	    7f01 instance bool [System.Net.Sockets] System.Net.Sockets.Socket::Send(class X)[Tier1] (/tmp/perf-1.map)
        	    7f02 instance void [TrafficCore.Mqtt.Broker] TrafficCore.Mqtt.Broker.Connections.MqttConnection::Run()[Tier1] (/tmp/perf-1.map)

        .NET Sockets
        	    7f03 valuetype S [TrafficCore.Traffic] TrafficCore.Traffic.Readings.ReadingParser::Parse(class TrafficCore.Log.LogBatch)[Tier1] (/tmp/perf-1.map)
        	    7f02 instance void [TrafficCore.Mqtt.Broker] TrafficCore.Mqtt.Broker.Connections.MqttConnection::Run()[Tier1] (/tmp/perf-1.map)

        trafficcore sha
        	   11223 [unknown] (/usr/lib/libc.so.6)

        trafficcore sha
        	   46eb3b [unknown] (/usr/share/dotnet/libcoreclr.so)

        .NET TP Worker
        	   11223 [unknown] (/usr/lib/libc.so.6)
        """;

    [Fact]
    public void Samples_OfAScript_BelongToTheirParts()
    {
        var samples = PerfScript.Parse(Script.Split('\n')).ToArray();

        Assert.Equal(
            ["socket: kernel and transport", "parse: payload to readings", "windows: shards and their output", ProfilePart.RuntimeElse, ProfilePart.Other],
            samples.Select(static s => ProfilePart.Of(s.Thread, s.Frames)));
    }

    [Fact]
    public void Threads_BetweenTwoReadings_AreSortedAndOnlyThoseThatWorked()
    {
        var before = new Dictionary<string, double> { ["a"] = 1, ["b"] = 2, ["ended"] = 9 };
        var after = new Dictionary<string, double> { ["a"] = 1.5, ["b"] = 2, ["new"] = 3 };

        Assert.Equal([("new", 3.0), ("a", 0.5)], ThreadTimes.Between(before, after));
    }

    [Fact]
    public void Table_PartsAndThreads_HaveAColumnForEachLoad()
    {
        var rows = ProfileTable.Markdown([new("x", "part", "log", 0.25, 0.5), new("y", "part", "log", 0.5, 10), new("x", "thread", "t", 1, 2)]).ToArray();

        Assert.Contains("| log | 0.50 (25 %) | 10.00 (50 %) |", rows);
        Assert.Contains("| t | 2.00 (100 %) | - |", rows);
    }

    [Fact]
    public void ProcessFigures_NameWithSpacesAndBrackets_AreReadBehindIt() =>
        Assert.Equal(3.21, ProcessFigures.ParseCpu("12 (a (b) c) S 1 2 3 4 5 6 7 8 9 10 300 21 0 0 20"), 6);

    [Fact]
    public void ProcessFigures_StatusFields_AreFound()
    {
        const string Status = "Name:\tx\nVmHWM:\t  2048 kB\nThreads:\t17\n";

        Assert.Equal((2048, 17), (ProcessFigures.ParseField(Status, "VmHWM"), ProcessFigures.ParseField(Status, "Threads")));
        Assert.Throws<BenchException>(static () => ProcessFigures.ParseField(Status, "VmRSS"));
    }
}
