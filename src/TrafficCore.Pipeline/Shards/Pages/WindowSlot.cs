namespace TrafficCore.Pipeline.Shards;

/// <summary>Where a window stands.</summary>
[Flags]
internal enum WindowFlags : byte
{
    None = 0,

    /// <summary>Has content and was not published.</summary>
    Open = 1,

    /// <summary>Was published: a change is a correction.</summary>
    Published = 2,

    /// <summary>Published, and something is to be emitted at the next tick that may.</summary>
    Dirty = 4,

    /// <summary>With <see cref="Dirty"/>: who is expected changed, so approach and intersection rows do.</summary>
    Expectation = 8,

    /// <summary>With <see cref="Dirty"/>: named detectors that are silent get their empty rows.</summary>
    Empties = 16,
}

/// <summary>State of one window in a page.</summary>
internal struct WindowSlot
{
    /// <summary>Value of <see cref="LastEmitMs"/> before the first output, or when it was long ago.</summary>
    public const long NeverEmitted = 0;

    public WindowFlags Flags;

    /// <summary>Something is to be told of it.</summary>
    public readonly bool HasWork => (Flags & (WindowFlags.Open | WindowFlags.Dirty)) != 0;

    /// <summary>Elapsed time of the last output of this window. Only the last second matters, so pages do not store it.</summary>
    public long LastEmitMs;
}
