using TrafficCore.Traffic.Windows;

namespace TrafficCore.Traffic.Service;

/// <summary>A level of service and how it was found.</summary>
/// <param name="Level">1, the best, to 5 or 6, as many as the method has.</param>
/// <param name="Method">Name of the method: a level without it means nothing.</param>
/// <param name="RatioMilli">Average speed as a share of free-flow speed in 0.001, as measured, so it may be above 1000; null when it was not judged by speed.</param>
public readonly record struct ServiceJudgement(int Level, string Method, int? RatioMilli)
{
    /// <summary>
    /// The one that decides for an intersection: the worse level; of equal ones a measured speed before an occupancy, then the lower ratio, then
    /// the first.
    /// </summary>
    public static ServiceJudgement? Deciding(ServiceJudgement? first, ServiceJudgement? second) =>
        first is not { } left ? second
        : second is { } right && right.Rank.CompareTo(left.Rank) > 0 ? second
        : first;

    /// <summary>What a row says; null when it was not judged.</summary>
    public static ServiceJudgement? Of(FlowRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row is { ServiceLevel: { } level, LevelMethod: { } method } ? new ServiceJudgement(level, method, row.SpeedRatioMilli) : null;
    }

    private (int Level, bool IsBySpeed, int Slowness) Rank => (Level, RatioMilli is not null, -(RatioMilli ?? 0));
}
