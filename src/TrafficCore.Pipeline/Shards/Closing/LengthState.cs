using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>What closing windows of one length of one intersection depends on.</summary>
internal sealed class LengthState
{
    public const int NoLaggard = -1;

    public LengthState(long length, long idleTimeoutMs)
    {
        Length = length;

        // H is at most twice the longest interval that enters this length (a controller counts as 60 s), or the idle time.
        Passes = new PassRing(length, Math.Max(2 * Math.Max(length, IntersectionState.ControllerIntervalMs), idleTimeoutMs));
    }

    public long Length { get; }

    /// <summary>Highest watermark of any device that can hold this length.</summary>
    public long Highest { get; set; } = long.MinValue / 2;

    /// <summary>Elapsed time at which any of them sent something last.</summary>
    public long LastSentMs { get; set; } = long.MinValue / 2;

    public PassRing Passes { get; }

    /// <summary>Windows with content that are not published.</summary>
    public StartList Open { get; } = new();

    /// <summary>Published windows with something to correct.</summary>
    public StartList Dirty { get; } = new();

    /// <summary>Start of the next window that is looked at for empty rows; <see cref="long.MaxValue"/> without a named device.</summary>
    public long EmptyNext { get; set; } = long.MaxValue;

    // Why the last look found nothing to close; not part of the state, only saves looking again.
    public long HeldEnd { get; set; } = long.MinValue;

    public int Laggard { get; set; } = NoLaggard;

    public long LookAgainMs { get; set; }

    public void Write(BodyWriter writer)
    {
        writer.FixedInt64(Highest);
        writer.FixedInt64(LastSentMs);
        writer.FixedInt64(EmptyNext);
        Passes.Write(writer);
    }

    public void Read(ref BodyReader reader)
    {
        Highest = reader.FixedInt64();
        LastSentMs = reader.FixedInt64();
        EmptyNext = reader.FixedInt64();
        Passes.Read(ref reader);
    }
}
