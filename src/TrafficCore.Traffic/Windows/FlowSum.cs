using TrafficCore.Traffic.Service;

namespace TrafficCore.Traffic.Windows;

/// <summary>Sum over the counting detectors of an approach or an intersection in one window. One owner; reusable.</summary>
/// <remarks>A sum of anything unknown is unknown: one detector without an interval takes rate, expectation and coverage with it.</remarks>
public sealed class FlowSum
{
    private readonly ClassTally _classes = new();
    private FlowCell _cell;
    private long _rateMilli;
    private long _expected;
    private long _expectedMs;
    private bool _rateUnknown;
    private bool _expectedUnknown;
    private bool _timeUnknown;

    /// <summary>Whether any detector observed something.</summary>
    public bool HasContent { get; private set; }

    /// <summary>Whether any detector should report.</summary>
    public bool HasExpected { get; private set; }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _cell = default;
        _classes.Clear();
        _rateMilli = _expected = _expectedMs = 0;
        _rateUnknown = _expectedUnknown = _timeUnknown = HasContent = HasExpected = false;
    }

    /// <summary>Adds a detector's window.</summary>
    public void Add(in DetectorFlow flow, long length)
    {
        if (flow.IsExpected)
        {
            HasExpected = true;
            _expectedMs += length;
            _expected += flow.ExpectedReadings(length) ?? 0;
            _expectedUnknown |= flow.ExpectedReadings(length) is null;
            _timeUnknown |= !flow.IsTimed;
        }

        if (!flow.HasContent)
        {
            return;
        }

        HasContent = true;
        _cell.Readings += flow.Cell.Readings;
        _cell.Volume += flow.Cell.Volume;
        _cell.ObservedMs += flow.Cell.ObservedMs;
        _cell.OccupancyWeighted += flow.Cell.OccupancyWeighted;
        _cell.OccupancyMs += flow.Cell.OccupancyMs;
        _cell.SpeedWeighted += flow.Cell.SpeedWeighted;
        _cell.SpeedVehicles += flow.Cell.SpeedVehicles;
        _rateMilli += flow.RateMilli ?? 0;
        _rateUnknown |= flow.RateMilli is null;
        if (flow.Classes is not null)
        {
            _classes.Add(flow.Classes);
        }
    }

    /// <summary>Judges the sum; null when it cannot be judged.</summary>
    /// <param name="freeFlowCenti">Free-flow speed in 0.01 km/h; null when unknown.</param>
    /// <param name="byOccupancy">Whether its occupancy says how traffic moves.</param>
    /// <param name="rules">How to judge.</param>
    public ServiceJudgement? Judge(int? freeFlowCenti, bool byOccupancy, ServiceRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        return rules.Speed.Judge(_cell.SpeedWeighted, (Int128)_cell.SpeedVehicles * (freeFlowCenti ?? 0))
            ?? (byOccupancy ? rules.Occupancy?.Judge(_cell.OccupancyWeighted, _cell.OccupancyMs) : null);
    }

    /// <summary>Makes the row.</summary>
    public FlowRow ToRow(in RowKey key, int revision, ServiceJudgement? service, int? freeFlowCenti, PcuTable pcu) => new()
    {
        Intersection = key.Intersection,
        Id = key.Id,
        Level = key.Level,
        Start = key.Start,
        Length = key.Length,
        Revision = revision,
        Readings = _cell.Readings,
        Volume = HasContent ? _cell.Volume : null,
        ObservedMs = _cell.ObservedMs,
        Expected = HasExpected && !_expectedUnknown ? (int)Math.Min(int.MaxValue, _expected) : null,
        ExpectedMs = HasExpected && !_timeUnknown ? _expectedMs : null,
        OccupancyWeighted = _cell.OccupancyWeighted,
        OccupancyMs = _cell.OccupancyMs,
        SpeedWeighted = _cell.SpeedWeighted,
        SpeedVehicles = _cell.SpeedVehicles,
        FlowRateMilli = HasContent && !_rateUnknown ? _rateMilli : null,
        Classes = _classes.ToList(),
        PcuMilli = _classes.PcuMilli(pcu, _cell.Volume),
        FreeFlowSpeedCenti = freeFlowCenti,
        SpeedRatioMilli = service?.RatioMilli,
        ServiceLevel = service?.Level,
        LevelMethod = service?.Method,
    };
}
