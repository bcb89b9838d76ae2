namespace TrafficCore.Traffic.Windows;

/// <summary>What is known of one detector in one window: the input of rows.</summary>
public struct DetectorFlow
{
    /// <summary>Its sums; of an event channel: vehicles' events as volume and readings, the stream's alive time as observed time.</summary>
    public FlowCell Cell;

    /// <summary>Something was observed: a reading, or time in which the controller's stream was alive.</summary>
    public bool HasContent;

    /// <summary>The sums are of an event channel, which has no interval.</summary>
    public bool IsChannel;

    /// <summary>It should report in this window.</summary>
    public bool IsExpected;

    /// <summary>Interval of its readings here, ms; 0 when unknown or a channel.</summary>
    public uint Interval;

    /// <summary>Vehicles by class; null when none were sent.</summary>
    public ClassTally? Classes;

    /// <summary>Coverage can be judged: the interval is known, or none is needed.</summary>
    public readonly bool IsTimed => IsChannel || Interval > 0;

    /// <summary>Vehicles; null when nothing was observed.</summary>
    public readonly long? Volume => HasContent ? Cell.Volume : null;

    /// <summary>Readings expected in a window of a length; null when that is unknown or not expected.</summary>
    public readonly int? ExpectedReadings(long length) =>
        IsExpected && !IsChannel && Interval > 0 ? (int)Math.Max(1, length / Interval) : null;

    /// <summary>Rate in 0.001 veh/h; null when unknown.</summary>
    public readonly long? RateMilli => HasContent && IsTimed ? FlowRate.Milli(Cell.Volume, Cell.ObservedMs) : null;
}
