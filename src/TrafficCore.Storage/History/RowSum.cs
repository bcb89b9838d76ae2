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
/// intersection row no longer holds its detectors one by one, so there it is the mean of the parts' rates weighted by their length.
/// The speed ratio is weighted by the vehicles whose speed is known, which equals the ratio of the summed speed.</para>
/// <para>The level of an approach follows from that ratio; the level of an intersection is the worst of its approaches, which
/// the caller adds up beside it. Health is judged from the summed row by itself.</para>
/// <para>Revision is 1 plus the number of corrections of the parts: 1 as long as nothing was corrected, and higher with each one.</para>
/// <para>Ownership: one reader.</para>
/// </remarks>
internal sealed class RowSum
{
    private readonly SortedDictionary<string, long> _classes = new(StringComparer.Ordinal);
    private FlowRow? _first;
    private int _readings, _revision = 1;
    private long? _expected = 0, _expectedMs = 0, _volume, _pcu;
    private long _observedMs, _occupancy, _occupancyMs, _speed, _speedVehicles;
    private long _ratedVolume, _ratedObservedMs, _ratedLength;
    private Int128 _rates, _ratios;
    private long _ratioVehicles;
    private bool _pcuMissing, _inconsistent, _judged, _bySpeed = true;

    public bool IsEmpty => _first is null;

    public void Add(FlowRow part)
    {
        _first ??= part;
        _judged |= part.Health != RowHealth.None;
        _inconsistent |= part.Health == RowHealth.Inconsistent;
        _bySpeed &= part.LevelMethod is null or LevelOfService.SpeedRatioMethod;
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
    /// <param name="worstLevel">Worst level of the approaches, for an intersection.</param>
    public FlowRow Build(long start, long length, int? worstLevel = null)
    {
        // The parts' ratios are to one and the same free-flow speed, so 1000 stands for it.
        (int? level, int? ratio) = _bySpeed
            ? LevelOfService.BySpeed((long)_ratios, _ratioVehicles, 1000, SpeedRatioThresholds.Hcm7)
            : (null, null);
        level = _first!.Level == FlowLevel.Intersection ? worstLevel : level;
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
            SpeedRatioMilli = ratio,
            Level6 = level,
            LevelMethod = level is null ? null : LevelOfService.SpeedRatioMethod,
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

        if (part.SpeedRatioMilli is { } ratio)
        {
            _ratios += (Int128)ratio * part.SpeedVehicles;
            _ratioVehicles += part.SpeedVehicles;
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
