using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>One controller in one page: identities of its events, when its stream was alive, vehicles by channel.</summary>
internal sealed class ControllerPage
{
    /// <summary>Value of <see cref="CarrySecond"/> when the page before ends silent.</summary>
    public const int NoCarry = int.MinValue;

    public ControllerPage(WindowLengths lengths)
    {
        Identities = new EventIdentities((int)lengths.SpanMs);
        EventSeconds = new ulong[((int)(lengths.SpanMs / 1000) + 63) >> 6];
        EmittedAlive = new int[lengths.Count][];
    }

    public EventIdentities Identities { get; set; }

    /// <summary>A bit per second of the page in which an event lies.</summary>
    public ulong[] EventSeconds { get; }

    /// <summary>The last second with an event in the minute before the page, negative; else <see cref="NoCarry"/>.</summary>
    public int CarrySecond { get; set; } = NoCarry;

    /// <summary>A bit per UTC hour of the page in which an event lies.</summary>
    public uint Hours { get; set; }

    /// <summary>Batches that begin in the page.</summary>
    public BatchList Batches { get; } = new();

    /// <summary>Channels in order of first appearance.</summary>
    public List<ChannelPage> Channels { get; } = [];

    /// <summary>Per length and window the alive milliseconds that were emitted last, + 1; 0 before the first.</summary>
    public int[]?[] EmittedAlive { get; }

    public ChannelPage? Find(int channel)
    {
        foreach (ChannelPage candidate in Channels)
        {
            if (candidate.Channel == channel)
            {
                return candidate;
            }
        }

        return null;
    }

    public void Release(PagePool pool) => Identities.Release(pool);
}

/// <summary>Vehicles (events 82) of one channel in one page.</summary>
internal sealed class ChannelPage(int channel, int lengths)
{
    public int Channel { get; } = channel;

    /// <summary>A bit per UTC hour of the page in which a vehicle came.</summary>
    public uint Hours { get; set; }

    /// <summary>Per length and window: vehicles x 2, + 1 when they changed since the last output.</summary>
    public int[]?[] Counts { get; } = new int[lengths][];

    public static int Vehicles(int count) => count >> 1;

    public int ReadCount(int length, int window) => Counts[length]?[window] ?? 0;

    public ref int Count(int length, int window, int windows, ref long bytes)
    {
        int[]? counts = Counts[length];
        if (counts is null)
        {
            counts = Counts[length] = new int[windows];
            bytes += windows * sizeof(int);
        }

        return ref counts[window];
    }
}
