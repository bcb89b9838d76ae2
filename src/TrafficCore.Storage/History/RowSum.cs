using TrafficCore.Traffic.Detectors;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.History;

/// <summary>Adds up the rows of consecutive windows of one series into one row of a longer window.</summary>
/// <remarks>
/// <para>Readings, volume, observed and expected time, the occupancy and speed accumulators, classes and passenger-car units are exact
/// sums. What any part does not know where it had traffic is unknown in the sum: expected readings and time (coverage), pcu.
/// Volume, occupancy and speed are those of the parts that know them; coverage says how much that is.</para>
/// <para>The flow rate of a detector is exact: volume x 3600 / seconds observed over the parts that have a rate. An approach or
/// intersection row no longer holds its detectors one by one, so there it is the mean of the parts' rates weighted by their length.</para>
/// <para>An approach is judged again by <see cref="ServiceSum"/>; an intersection by those of its approaches, which the caller adds up beside it. Health is
/// judged from the summed row by itself.</para>
/// <para>Revision is 1 plus the number of corrections of the parts: 1 as long as nothing was corrected, and higher with each one.</para>
/// <para>Ownership: one reader.</para>
/// </remarks>
/// <param name="rules">How levels of service are judged.</param>
internal sealed class RowSum(ServiceRules rules)
{
    private readonly ServiceSum _service = new(rules);
    private readonly SortedDictionary<string, long> _classes = new(StringComparer.Ordinal);
    private FlowRow? _first;
    private int _readings, _revision = 1;
    private long? _expected = 0, _expectedMs = 0, _volume, _pcu;
    private long _observedMs, _occupancy, _occupancyMs, _speed, _speedVehicles;
    private long _ratedVolume, _ratedObservedMs, _ratedLength;
    private Int128 _rates;
    private bool _pcuMissing, _inconsistent, _judged, _stuck;

    public bool IsEmpty => _first is null;

    /// <summary>Level of service of the sum of an approach; null when it cannot be judged.</summary>
    public ServiceJudgement? Service => _service.Judge();

    public void Add(FlowRow part)
    {
        _first ??= part;
        _judged |= part.Health != RowHealth.None;
        _inconsistent |= part.Health == RowHealth.Inconsistent;
        _stuck |= part.Health == RowHealth.StuckOn;
        _service.Add(part);
        _revision += part.Revision - 1;
        _readings += part.Readings;
        _expected += part.Expected;
        _expectedMs += part.ExpectedMs;
        _volume = part.Volume is null ? _volume : (_volume ?? 0) + part.Volume;
        _observedMs += part.ObservedMs;
        _occupancy += part.OccupancyWeighted;
        _occupancyMs += part.OccupancyMs;
        _speed += part.SpeedWeighted;
        _speedVehicles += part.SpeedVehicles;
        AddRates(part);
        AddClasses(part);
    }

    /// <summary>The sum.</summary>
    /// <param name="start">Start of the longer window.</param>
    /// <param name="length">Its length.</param>
    /// <param name="deciding">What decides among the approaches, for an intersection.</param>
    public FlowRow Build(long start, long length, ServiceJudgement? deciding = null)
    {
        ServiceJudgement? service = _first!.Level == FlowLevel.Intersection ? deciding : Service;
        return new FlowRow
        {
            Intersection = _first.Intersection,
            Id = _first.Id,
            Level = _first.Level,
            Start = start,
            Length = length,
            Revision = _revision,
            Readings = _readings,
            Expected = (int?)_expected,
            Volume = _volume,
            ObservedMs = _observedMs,
            ExpectedMs = _expectedMs,
            OccupancyWeighted = _occupancy,
            OccupancyMs = _occupancyMs,
            SpeedWeighted = _speed,
            SpeedVehicles = _speedVehicles,
            FlowRateMilli = Rate(),
            Classes = [.. _classes.Select(item => new ClassVolume(item.Key, item.Value))],
            PcuMilli = _pcuMissing ? null : _pcu,
            SpeedRatioMilli = service?.RatioMilli,
            ServiceLevel = service?.Level,
            LevelMethod = service?.Method,
            Health = _judged ? Judge(length) : RowHealth.None,
        };
    }

    private RowHealth Judge(long length) => RowHealthRule.Judge(new RowHealthInput
    {
        Readings = _readings,
        Volume = _volume,
        ObservedMs = _observedMs,
        LengthMs = length,
        OccupancyWeighted = _occupancy,
        OccupancyMs = _occupancyMs,
        SpeedWithoutVehicles = _inconsistent,

        // Rows do not say where their detector lies. A part that is stuck was judged by who knew; without one the longer limit is right for both.
        IsAtStopBar = !_stuck,
    });

    private void AddRates(FlowRow part)
    {
        if (part.FlowRateMilli is { } rate)
        {
            _ratedVolume += part.Volume ?? 0;
            _ratedObservedMs += part.ObservedMs;
            _ratedLength += part.Length;
            _rates += (Int128)rate * part.Length;
        }
    }

    private void AddClasses(FlowRow part)
    {
        foreach (ClassVolume item in part.Classes)
        {
            _classes[item.Name] = _classes.GetValueOrDefault(item.Name) + item.Volume;
        }

        _pcu = part.PcuMilli is null ? _pcu : (_pcu ?? 0) + part.PcuMilli;
        _pcuMissing |= part.PcuMilli is null && part.Volume > 0;
    }

    private long? Rate() =>
        _ratedLength == 0 ? null
        : _first!.Level == FlowLevel.Detector && _ratedObservedMs > 0 ? HalfUp((Int128)_ratedVolume * 3_600_000_000, _ratedObservedMs)
        : HalfUp(_rates, _ratedLength);

    private static long HalfUp(Int128 dividend, long divisor) => (long)((dividend + divisor / 2) / divisor);
}
