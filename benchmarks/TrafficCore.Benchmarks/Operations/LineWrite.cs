using TrafficCore.Storage.Influx;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>Writes the row of one intersection's window as line protocol.</summary>
internal sealed class LineWrite : HotOperation
{
    private readonly LineBuffer _line = new();
    private readonly FlowRow _row = new()
    {
        Intersection = "int-0001",
        Id = "int-0001",
        Level = FlowLevel.Intersection,
        Start = SamplePackets.Start,
        Length = 60_000,
        Revision = 1,
        Readings = 480,
        Expected = 480,
        Volume = 96,
        ObservedMs = 480_000,
        ExpectedMs = 480_000,
        OccupancyWeighted = 5_760_000_000,
        OccupancyMs = 480_000,
        SpeedWeighted = 395_520,
        SpeedVehicles = 96,
        FlowRateMilli = 5_760_000,
        SpeedRatioMilli = 824,
        ServiceLevel = 1,
        LevelMethod = "hcm7-speed-ratio",
        Classes = [new ClassVolume("bus", 2), new ClassVolume("car", 94)],
        PcuMilli = 98_000,
    };

    public override string Name => "line-write";

    public override void Run()
    {
        _line.Clear();
        FlowLines.Write(_line, _row);
    }
}
