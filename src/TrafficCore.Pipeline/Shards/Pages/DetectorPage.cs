using System.Runtime.CompilerServices;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>One detector in one page: identities, sums and row revisions. Part of a <see cref="PageState"/>.</summary>
/// <remarks>
/// Only windows that something is to be told of lie open, as sums that readings are added to; a window that was told lies packed until a late reading
/// opens it again. A city has a quarter of a million detectors, and all but one or two windows of each are told.
/// </remarks>
internal sealed class DetectorPage
{
    /// <summary>Value of <see cref="HourShortest"/> for an hour without a reading.</summary>
    public const uint NoReading = uint.MaxValue;

    private readonly WindowLengths _lengths;
    private readonly OpenWindows[] _open;
    private readonly PackedChunk[] _packed;

    public DetectorPage(WindowLengths lengths)
    {
        _lengths = lengths;
        _open = new OpenWindows[lengths.Count];
        _packed = new PackedChunk[FirstChunk(lengths.Count)];
        Identities = new ReadingIdentities((int)lengths.SpanMs);
        HourShortest = new uint[lengths.HoursPerPage];
        Array.Fill(HourShortest, NoReading);
    }

    private struct OpenWindows
    {
        /// <summary>In order of the windows.</summary>
        public WindowContent[]? Items;
        public int Count;
    }

    public ReadingIdentities Identities { get; set; }

    /// <summary>Per UTC hour the shortest interval of its readings (0: one is unknown), or <see cref="NoReading"/>.</summary>
    public uint[] HourShortest { get; }

    /// <summary>The content of a window, to be changed. What is borrowed is good until the next window is opened or settled.</summary>
    public ref WindowContent Open(int length, int window, PagePool pool, ref long bytes)
    {
        ref OpenWindows open = ref _open[length];
        int at = Find(in open, window);
        if (at < 0)
        {
            at = ~at;
            Insert(ref open, at, pool, ref bytes);
            ref WindowContent made = ref open.Items![at];
            made.Window = window;
            ChunkOf(length, window).TryTake(window % PackedWindow.PerChunk, _lengths[length], pool, ref made);
        }

        return ref open.Items![at];
    }

    /// <summary>Nothing more is to be told of a window: it is packed, and clean.</summary>
    public void Settle(int length, int window, PagePool pool, ref long bytes)
    {
        ref OpenWindows open = ref _open[length];
        if (Find(in open, window) is >= 0 and int at)
        {
            open.Items![at].Row &= ~RowTrack.Dirty;
            Pack(length, at, pool, ref bytes);
        }
    }

    /// <summary>Packs what is open and was told already, as a page that was read has it.</summary>
    /// <param name="length">Index of the length.</param>
    /// <param name="slots">The page's windows of that length.</param>
    /// <param name="pool">The shard's pool.</param>
    /// <param name="bytes">What the page occupies.</param>
    public void PackTold(int length, ReadOnlySpan<WindowSlot> slots, PagePool pool, ref long bytes)
    {
        // From the end: nothing has to move.
        for (int at = _open[length].Count - 1; at >= 0; at--)
        {
            ref WindowContent content = ref _open[length].Items![at];
            if (!slots[content.Window].HasWork && !RowTrack.IsDirty(content.Row))
            {
                Pack(length, at, pool, ref bytes);
            }
        }
    }

    /// <summary>A copy of the sums; empty where nothing came.</summary>
    public FlowCell ReadCell(int length, int window) =>
        Find(in _open[length], window) is >= 0 and int at ? _open[length].Items![at].Cell
        : ChunkOf(length, window).TryFind(window % PackedWindow.PerChunk, _lengths[length], out _, out PackedView packed) ? packed.Cell
        : default;

    public int ReadRow(int length, int window) =>
        Find(in _open[length], window) is >= 0 and int at ? _open[length].Items![at].Row
        : ChunkOf(length, window).TryFind(window % PackedWindow.PerChunk, _lengths[length], out _, out PackedView packed) ? packed.Row
        : 0;

    /// <summary>Vehicles by class in one window.</summary>
    public ClassVolumes ReadClasses(int length, int window) =>
        Find(in _open[length], window) is >= 0 and int at ? new ClassVolumes(_open[length].Items![at].Classes)
        : ChunkOf(length, window).TryFind(window % PackedWindow.PerChunk, _lengths[length], out _, out PackedView packed) ? new ClassVolumes(packed.Classes)
        : default;

    /// <summary>Everything in the order of windows.</summary>
    public DetectorWindows All(int length) =>
        new(_open[length].Items.AsSpan(0, _open[length].Count), _packed.AsSpan(FirstChunk(length), Chunks(length)), _lengths[length]);

    /// <summary>The shortest interval of the readings in the hours that a window touches, or <see cref="NoReading"/>.</summary>
    public uint ShortestIn(FirstAndLast hours)
    {
        uint shortest = NoReading;
        for (int hour = hours.First; hour <= hours.Last; hour++)
        {
            shortest = Math.Min(shortest, HourShortest[hour]);
        }

        return shortest;
    }

    public void Release(PagePool pool)
    {
        Identities.Release(pool);
        foreach (ref OpenWindows open in _open.AsSpan())
        {
            foreach (ref WindowContent content in open.Items.AsSpan(0, open.Count))
            {
                content.Release(pool);
            }

            if (open.Items is { } items)
            {
                pool.Return(items);
            }

            open = default;
        }

        foreach (ref PackedChunk chunk in _packed.AsSpan())
        {
            chunk.Release(pool);
        }
    }

    /// <summary>Place of an open window, or the complement of where it would be.</summary>
    private static int Find(in OpenWindows open, int window)
    {
        // Readings come in order as a rule: the newest window is looked at first.
        int low = 0;
        for (int high = open.Count, at = high - 1; low < high; at = (low + high) >> 1)
        {
            int found = open.Items![at].Window;
            if (found == window)
            {
                return at;
            }

            (low, high) = found < window ? (at + 1, high) : (low, at);
        }

        return ~low;
    }

    private void Pack(int length, int at, PagePool pool, ref long bytes)
    {
        ref OpenWindows open = ref _open[length];
        ref WindowContent content = ref open.Items![at];
        if (content.Row != 0 || content.Cell.Readings > 0)
        {
            ChunkOf(length, content.Window).Add(in content, _lengths[length], pool, ref bytes);
        }

        content.Release(pool);
        RemoveAt(ref open, at, pool, ref bytes);
    }

    private static void Insert(ref OpenWindows open, int at, PagePool pool, ref long bytes)
    {
        if (open.Count == (open.Items?.Length ?? 0))
        {
            Resize(ref open, open.Count + 1, pool, ref bytes);
        }

        Span<WindowContent> items = open.Items.AsSpan();
        items[at..open.Count].CopyTo(items[(at + 1)..]);
        items[at] = default;
        open.Count++;
    }

    private static void RemoveAt(ref OpenWindows open, int at, PagePool pool, ref long bytes)
    {
        Span<WindowContent> items = open.Items.AsSpan(0, open.Count);
        items[(at + 1)..].CopyTo(items[at..]);
        items[--open.Count] = default;
        if (open.Count <= open.Items!.Length / 2)
        {
            Resize(ref open, open.Count, pool, ref bytes);
        }
    }

    private static void Resize(ref OpenWindows open, int count, PagePool pool, ref long bytes)
    {
        WindowContent[]? resized = count == 0 ? null : pool.RentContents(count);
        open.Items.AsSpan(0, open.Count).CopyTo(resized);
        bytes += ((resized?.Length ?? 0) - (open.Items?.Length ?? 0)) * (long)Unsafe.SizeOf<WindowContent>();
        if (open.Items is { } old)
        {
            pool.Return(old);
        }

        open.Items = resized;
    }

    private ref PackedChunk ChunkOf(int length, int window) => ref _packed[FirstChunk(length) + (window / PackedWindow.PerChunk)];

    private int Chunks(int length) => (int)((_lengths.SpanMs / _lengths[length] - 1) / PackedWindow.PerChunk) + 1;

    private int FirstChunk(int length)
    {
        int first = 0;
        for (int shorter = 0; shorter < length; shorter++)
        {
            first += Chunks(shorter);
        }

        return first;
    }
}

/// <summary>An inclusive range of indexes.</summary>
internal readonly record struct FirstAndLast(int First, int Last);
