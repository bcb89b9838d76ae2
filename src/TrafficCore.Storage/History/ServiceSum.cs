using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.History;

/// <summary>Judges an approach over several windows from the sums of what its windows were judged by, with the same method.</summary>
/// <remarks>
/// A window with a known speed says more than one with an occupancy, so a sum is judged by speed as soon as one of its parts was, and then from
/// those parts alone. Parts of different scales have no common level. Limits of occupancies are those that are configured now. Ownership: one reader.
/// </remarks>
internal sealed class ServiceSum(ServiceRules rules)
{
    private SpeedRatioScale? _scale;
    private bool _isForeign;
    private long _speed;
    private Int128 _freeFlow;
    private long _occupancy, _occupancyMs;

    public void Add(FlowRow part)
    {
        if (SpeedRatioScale.Find(part.LevelMethod) is { } scale)
        {
            _isForeign |= _scale is not null && _scale != scale;
            _scale = scale;
            Int128 freeFlow = FreeFlowOf(part);
            _freeFlow += freeFlow;
            _speed += freeFlow > 0 ? part.SpeedWeighted : 0;
        }
        else if (part.LevelMethod == OccupancyScale.Method)
        {
            _occupancy += part.OccupancyWeighted;
            _occupancyMs += part.OccupancyMs;
        }
        else
        {
            _isForeign |= part.LevelMethod is not null;
        }
    }

    public ServiceJudgement? Judge() => _isForeign ? null : _scale?.Judge(_speed, _freeFlow) ?? rules.Occupancy?.Judge(_occupancy, _occupancyMs);

    /// <summary>Free-flow speed x vehicles. Rows of an earlier release have the rounded ratio alone: close enough, unless it is 0.</summary>
    private static Int128 FreeFlowOf(FlowRow part) =>
        part.FreeFlowSpeedCenti is { } known ? (Int128)known * part.SpeedVehicles
        : part.SpeedRatioMilli is > 0 and { } ratio ? (Int128)part.SpeedWeighted * 1000 / ratio
        : 0;
}
