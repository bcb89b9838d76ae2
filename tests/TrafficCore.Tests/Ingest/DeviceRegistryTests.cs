using System.Text;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Ingest;

public sealed class DeviceRegistryTests
{
    private readonly MemoryInputLog _log = new();
    private readonly ServiceClock _clock = new(new SteppedTime(), 0);
    private readonly DeviceRegistry _registry = new();

    [Fact]
    public void Learn_NewDevices_GetDenseNumbersInLogOrder()
    {
        Assert.Equal(1u, Learn("a", "1")!.Number);
        Assert.Equal(2u, Learn("b", "1")!.Number);
        Assert.Equal(1u, Learn("a", "1")!.Number);
        Assert.Equal(["Device #1 detector a/1 Learnt", "Device #2 detector b/1 Learnt"], Records());
        Assert.Equal((2, 2), (_registry.Count, _registry.LearntCount));
        Assert.Same(Find("b", "1"), _registry[2]);
        Assert.Null(_registry[0]);
        Assert.Null(_registry[3]);
        Assert.Null(Find("b", "2"));
    }

    [Fact]
    public void Learn_LogFull_LeavesNoTrace()
    {
        _log.Room = 0;
        Assert.Equal(LearnResult.LogFull, TryLearn("a", "1", 10, out DeviceEntry? entry));
        Assert.Null(entry);
        Assert.Null(Find("a", "1"));
        Assert.Equal(0, _registry.Count);
        _log.Room = 1;
        Assert.Equal(1u, Learn("a", "1")!.Number);
    }

    [Fact]
    public void Learn_AtTheLimit_IsRefusedForNewDevicesOnly()
    {
        Learn("a", "1");
        Assert.Equal(LearnResult.NetworkFull, TryLearn("a", "2", 1, out _));
        Assert.Equal(LearnResult.Learnt, TryLearn("a", "1", 1, out _));
    }

    [Fact]
    public void Learn_IntersectionHasItsShare_IsRefusedThereAndStaysSoAfterARestart()
    {
        var bounds = new LearningBounds(100, 2);
        Assert.Equal(LearnResult.Learnt, TryLearn("a", "1", bounds, out _));
        Assert.Equal(LearnResult.Learnt, TryLearn("a", "2", bounds, out _));
        Assert.Equal(LearnResult.IntersectionFull, TryLearn("a", "3", bounds, out _));
        Assert.Equal(LearnResult.Learnt, TryLearn("a", "2", bounds, out _));
        Assert.Equal(LearnResult.Learnt, TryLearn("b", "3", bounds, out _));
        Assert.Equal((3, 2, 1), (_registry.LearntCount, _registry.FindIntersection("a"u8)!.LearntHere, _registry.FindIntersection("b"u8)!.LearntHere));

        var recovered = new DeviceRegistry();
        foreach (byte[] append in _log.Appends)
        {
            RecordCodec.TryRead(append, _log.Salt, out RecordHeader header, out _);
            Assert.True(InputRecordReader.TryDevice(header, append.AsSpan(RecordHeader.Size, header.Length), out DeviceView device) && recovered.Apply(device));
        }

        Assert.Equal(LearnResult.IntersectionFull, TryLearn(recovered, "a", "3", bounds, out _));
        Assert.Equal(LearnResult.Learnt, TryLearn(recovered, "b", "4", bounds, out _));
    }

    [Fact]
    public void Learn_NamedDeviceThatAFileNamesNoMore_CountsOnceForItsIntersection()
    {
        AppendNetwork(Network.SampleNetwork.Json);
        AppendNetwork("{\"intersections\":[]}");
        Learn("int-0001", "d-01");
        Learn("int-0001", "d-01");
        Assert.Equal(1, _registry.FindIntersection("int-0001"u8)!.LearntHere);
        Assert.Equal(LearnResult.IntersectionFull, TryLearn("int-0001", "new", new LearningBounds(100, 1), out _));
    }

    [Fact]
    public void Learn_FromManyThreads_GivesEachDeviceOneNumber()
    {
        Parallel.For(0, 8, _ =>
        {
            for (int i = 0; i < 2_000; i++)
            {
                Assert.Equal($"d{i}", Learn("x", $"d{i}")!.Device);
            }
        });
        Assert.Equal(2_000, _registry.Count);
        Assert.Equal(2_000, _log.Appends.Count);
        for (uint number = 1; number <= 2_000; number++)
        {
            Assert.Equal($"Device #{number} detector x/{_registry[number]!.Device} Learnt", RecordText.Of(_log.Appends[(int)number - 1], _log.Salt)[0]);
        }
    }

    [Fact]
    public void Find_KnownAndUnknown_AllocatesNothing()
    {
        Learn("intersection", "detector");
        long found = 0;
        Look(100);
        Assert.Equal(0, Allocations.Least(() => Look(10_000)));
        Assert.Equal(30_100, found);

        void Look(int count)
        {
            for (int i = 0; i < count; i++)
            {
                found += _registry.Find(DeviceKind.Detector, "intersection"u8, "detector"u8) is null ? 0 : 1;
                found += _registry.Find(DeviceKind.Controller, "intersection"u8, "detector"u8) is null ? 0 : 1;
            }
        }
    }

    [Fact]
    public void CountAt_Position_IsThePrefixLoggedUntilThere()
    {
        Learn("a", "1");
        long first = _log.End;
        Learn("a", "2");
        Assert.Equal([0, 1, 1, 2], new[] { 0, first, first + 1, _log.End }.Select(_registry.CountAt));
    }

    [Fact]
    public void Network_Named_GetNumbersAndIntervals()
    {
        Learn("int-0001", "d-02");
        RoadNetwork network = AppendNetwork(Network.SampleNetwork.Json);
        Assert.Equal(
            $"Network v1 #2 detector int-0001/d-01; #3 controller int-0001/c-1; #4 board int-0001/b-1; #5 environment int-0001/w-1; #6 environment int-0001/w-2; #7 parking int-0001/p-1; json={Network.SampleNetwork.Utf8.Length}", Records()[^1]);
        Assert.Same(network, _registry.Network);
        Assert.Equal((true, 60_000, false), State("d-01"));
        Assert.Equal((true, 0, true), State("d-02"));
        Assert.True(Find("int-0001", "w-2", DeviceKind.Environment)!.Named && Find("int-0001", "p-1", DeviceKind.Parking)!.Named);
        Assert.True(_registry.IsInForce(Network.SampleNetwork.Utf8));
        Assert.NotNull(_registry.FindIntersection("int-0002"u8));
        Assert.Null(_registry.FindIntersection("int-0003"u8));

        AppendNetwork("{\"intersections\":[]}");
        Assert.Equal((false, 0, false), State("d-01"));
        Assert.False(_registry.IsInForce(Network.SampleNetwork.Utf8));
        Assert.False(Find("int-0001", "w-2", DeviceKind.Environment)!.Named || Find("int-0001", "p-1", DeviceKind.Parking)!.Named);

        Assert.Equal(2u, Learn("int-0001", "d-01")!.Number);
        Assert.Equal("Device #2 detector int-0001/d-01 Learnt", Records()[^1]);
        Assert.Equal(2, _registry.LearntCount);

        (bool, int, bool) State(string id) => Find("int-0001", id) is { } e ? (e.Named, e.DefaultIntervalMs, e.Learnt) : default;
    }

    [Fact]
    public void AppendNetwork_FileLongerThanARecord_IsPackedAndReadBack()
    {
        byte[] json = GridNetwork.Write(new GridOptions { Intersections = 5000 });
        RoadNetwork network = RoadNetworkParser.Parse(json).Network!;
        NetworkFile file = NetworkFile.Of(json, network);
        Assert.True(json.Length > RecordCodec.MaxBodyLength && file.FitsIntoRecord);

        Assert.True(_registry.TryAppendNetwork(_log, _clock, file, out _));

        byte[] record = Assert.Single(_log.Appends);
        RecordCodec.TryRead(record, _log.Salt, out RecordHeader header, out _);
        Assert.InRange(header.Length, 5000 * 24 * 8, RecordCodec.MaxBodyLength);
        Assert.True(InputRecordReader.TryNetwork(header, record.AsSpan(RecordHeader.Size, header.Length), out NetworkView view));
        Assert.Same(file, _registry.Files.Find(view));
        Assert.True(new NetworkFiles().Find(view)!.IsOf(json));
        Assert.Equal(_registry.Count, view.DeviceCount);
    }

    [Fact]
    public void FitsIntoRecord_FileThatCannotBePacked_DoesNot()
    {
        byte[] noise = new byte[RecordCodec.MaxBodyLength];
        new Random(1).NextBytes(noise);

        Assert.False(NetworkFile.Of(noise, RoadNetwork.Empty).FitsIntoRecord);
        Assert.True(NetworkFile.Of(noise.AsSpan(0, RecordCodec.MaxBodyLength - 1000), RoadNetwork.Empty).FitsIntoRecord);
    }

    [Fact]
    public void IsInForce_FileOfAnEarlierReleaseThatNumberedFewerKinds_IsNotUntilAllHaveNumbers()
    {
        RoadNetwork network = RoadNetworkParser.Parse(Network.SampleNetwork.Utf8).Network!;
        var writer = new InputRecordWriter();
        writer.Begin(_log.Salt, 0, 0);
        writer.BeginNetwork(1, 1);
        writer.AddDeviceLine(1, DeviceKind.Detector, DeviceFlags.None, "int-0001", "d-01");
        writer.AddNetworkFile(NetworkFile.Of(Network.SampleNetwork.Utf8, network));
        ReadOnlySpan<byte> record = writer.Complete();
        RecordCodec.TryRead(record, _log.Salt, out RecordHeader header, out _);
        Assert.True(InputRecordReader.TryNetwork(header, record.Slice(RecordHeader.Size, header.Length), out NetworkView view));
        Assert.True(_registry.Apply(view, _registry.Files.Find(view)!));

        Assert.False(_registry.IsInForce(Network.SampleNetwork.Utf8));
        AppendNetwork(Network.SampleNetwork.Json);
        Assert.True(_registry.IsInForce(Network.SampleNetwork.Utf8));
        Assert.StartsWith("Network v2 #2 detector int-0001/d-02;", Records()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Apply_TheLog_GivesTheSameRegistry()
    {
        Learn("a", "1");
        AppendNetwork(Network.SampleNetwork.Json);
        Learn("int-0001", "9");
        Learn("a", "1");
        var recovered = new DeviceRegistry();
        for (int round = 0; round < 2; round++)
        {
            foreach (byte[] append in _log.Appends)
            {
                RecordCodec.TryRead(append, _log.Salt, out RecordHeader header, out _);
                ReadOnlySpan<byte> body = append.AsSpan(RecordHeader.Size, header.Length);
                Assert.True(InputRecordReader.TryDevice(header, body, out DeviceView device) && (RecordType)header.Type == RecordType.Device
                    ? recovered.Apply(device)
                    : InputRecordReader.TryNetwork(header, body, out NetworkView network)
                        && recovered.Apply(network, recovered.Files.Find(network)!));
            }
        }

        Assert.Equal(Describe(_registry), Describe(recovered));
        Assert.Equal(_registry.NetworkVersion, recovered.NetworkVersion);
        Assert.False(recovered.Apply(new DeviceView { Number = 99, Kind = DeviceKind.Detector, Intersection = "q"u8, Device = "q"u8 }));
        Assert.False(recovered.Apply(new DeviceView { Number = 2, Kind = DeviceKind.Detector, Intersection = "a"u8, Device = "1"u8 }));
    }

    private static List<string> Describe(DeviceRegistry registry) =>
        [.. Enumerable.Range(1, registry.Count).Select(i => registry[(uint)i]!).Select(e => $"{e.Number} {e.Kind} {e.Intersection} {e.Device} {e.Flags} {e.Named} {e.DefaultIntervalMs}")];

    private List<string> Records() => [.. _log.Appends.SelectMany(append => RecordText.Of(append, _log.Salt))];

    private RoadNetwork AppendNetwork(string json)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        RoadNetwork network = RoadNetworkParser.Parse(utf8).Network!;
        Assert.True(_registry.TryAppendNetwork(_log, _clock, NetworkFile.Of(utf8, network), out _));
        return network;
    }

    private DeviceEntry? Find(string intersection, string device, DeviceKind kind = DeviceKind.Detector) =>
        _registry.Find(kind, Encoding.ASCII.GetBytes(intersection), Encoding.ASCII.GetBytes(device));

    private DeviceEntry? Learn(string intersection, string device) =>
        TryLearn(intersection, device, int.MaxValue, out DeviceEntry? entry) == LearnResult.Learnt ? entry : null;

    private LearnResult TryLearn(string intersection, string device, int max, out DeviceEntry? entry) =>
        TryLearn(intersection, device, new LearningBounds(max, int.MaxValue), out entry);

    private LearnResult TryLearn(string intersection, string device, LearningBounds bounds, out DeviceEntry? entry) => TryLearn(_registry, intersection, device, bounds, out entry);

    private LearnResult TryLearn(DeviceRegistry registry, string intersection, string device, LearningBounds bounds, out DeviceEntry? entry) => registry.Learn(
        _log, _clock, new DeviceIdView(DeviceKind.Detector, Encoding.ASCII.GetBytes(intersection), Encoding.ASCII.GetBytes(device)), DeviceFlags.Learnt, bounds, out entry);
}
