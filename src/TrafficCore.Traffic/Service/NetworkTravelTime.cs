namespace TrafficCore.Traffic.Service;

/// <summary>Travel times of all vehicles of a road network in one window, and the network's length by level. All integers: order leaves no trace. One owner.</summary>
public sealed class NetworkTravelTime
{
    /// <summary>
    /// Vehicles are taken to move at least so fast, 0.0001 km/h: 1 km/h, the lowest free-flow speed that a network file may give. One standing
    /// detector would make the whole city's travel time infinite.
    /// </summary>
    public const uint LowestSpeed = 10_000;

    // Microseconds to drive a decimetre at 0.0001 km/h: 0.1 m / (0.0001 / 3.6 m/s).
    private const long MicrosecondsAtUnitSpeed = 3_600_000_000;

    /// <summary>Vehicles' travel time, microseconds.</summary>
    public Int128 TravelTime { get; private set; }

    /// <summary>What they would have needed in free flow, microseconds.</summary>
    public Int128 FreeFlowTime { get; private set; }

    /// <summary>Segments that say something.</summary>
    public int Segments { get; private set; }

    /// <summary>Their length by level, decimetres.</summary>
    public LevelLengths Lengths { get; private set; }

    /// <summary>Adds what a segment says; nothing when it says nothing. A vehicle that is faster than free flow needs as long as in free flow.</summary>
    /// <param name="flow">The segment's flow.</param>
    /// <param name="lengthDm">Its length, decimetres.</param>
    public void Add(in SegmentFlow flow, int lengthDm)
    {
        if (!flow.IsKnown)
        {
            return;
        }

        uint freeFlow = (uint)(flow.FreeFlowCenti * SegmentFlow.SpeedsPerCenti);
        Int128 driven = (Int128)flow.Volume * lengthDm * MicrosecondsAtUnitSpeed;
        TravelTime += TimeAt(driven, Math.Min(Math.Max(flow.Speed, LowestSpeed), freeFlow));
        FreeFlowTime += TimeAt(driven, freeFlow);
        Segments++;
        Lengths = Lengths.Plus(flow.Level, lengthDm);
    }

    /// <summary>The index; null when no vehicle was driving on a segment that says something.</summary>
    public CongestionIndex? Index => FreeFlowTime > 0 ? CongestionIndex.Of(TravelTime, FreeFlowTime) : null;

    private static Int128 TimeAt(Int128 driven, uint speed) => ((driven * 2) + speed) / ((Int128)speed * 2);
}
