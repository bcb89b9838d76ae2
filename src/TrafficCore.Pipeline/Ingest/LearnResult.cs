namespace TrafficCore.Pipeline.Ingest;

/// <summary>What became of an attempt to learn a device.</summary>
public enum LearnResult
{
    /// <summary>It has a number now, and its record precedes whatever is appended from here.</summary>
    Learnt,

    /// <summary>As many devices are learnt as are allowed.</summary>
    NetworkFull,

    /// <summary>As many devices of the intersection are learnt as are allowed of one.</summary>
    IntersectionFull,

    /// <summary>The log had no room: wait for it and try again.</summary>
    LogFull,
}

/// <summary>How many devices may be learnt.</summary>
/// <param name="InAll">In all.</param>
/// <param name="OfOneIntersection">Of one intersection.</param>
public readonly record struct LearningBounds(int InAll, int OfOneIntersection);
