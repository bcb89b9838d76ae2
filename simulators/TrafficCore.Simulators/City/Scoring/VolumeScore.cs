namespace TrafficCore.Simulators.City.Scoring;

/// <summary>How far volumes of a service are from what really passed, over windows of detectors.</summary>
internal sealed class VolumeScore
{
    private long _absoluteError;
    private long _error;
    private long _passed;

    /// <summary>Windows of the truth.</summary>
    public long Windows { get; private set; }

    /// <summary>Of those, windows for which the service has a volume.</summary>
    public long Answered { get; private set; }

    /// <summary>Of those, windows with the true volume.</summary>
    public long Exact { get; private set; }

    /// <summary>Of those that were answered, windows with the volume that the device sent: what the service itself is to be judged by.</summary>
    public long AsSent { get; private set; }

    /// <summary>Share of windows that were answered.</summary>
    public double Coverage => Windows == 0 ? 0 : Math.Round((double)Answered / Windows, 4);

    /// <summary>Mean absolute error of answered windows, vehicles.</summary>
    public double? MeanAbsoluteError => Answered == 0 ? null : Math.Round((double)_absoluteError / Answered, 4);

    /// <summary>Sum of absolute errors over the sum of the true volumes, percent (WAPE).</summary>
    public double? WeightedErrorPercent => _passed == 0 ? null : Math.Round(100.0 * _absoluteError / _passed, 4);

    /// <summary>Sum of errors over the sum of the true volumes, percent: below 0 vehicles are missed.</summary>
    public double? BiasPercent => _passed == 0 ? null : Math.Round(100.0 * _error / _passed, 4);

    /// <summary>Adds a window.</summary>
    /// <param name="passed">Vehicles that really passed.</param>
    /// <param name="sent">Vehicles that the device reported.</param>
    /// <param name="answered">What the service says; null: nothing.</param>
    public void Add(long passed, long sent, long? answered)
    {
        Windows++;
        if (answered is not { } volume)
        {
            return;
        }

        Answered++;
        Exact += volume == passed ? 1 : 0;
        AsSent += volume == sent ? 1 : 0;
        _absoluteError += Math.Abs(volume - passed);
        _error += volume - passed;
        _passed += passed;
    }
}
