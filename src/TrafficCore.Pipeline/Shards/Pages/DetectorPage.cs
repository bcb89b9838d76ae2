using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>One detector in one page: identities, sums and row revisions. Part of a <see cref="PageState"/>.</summary>
internal sealed class DetectorPage
{
    /// <summary>Value of <see cref="HourShortest"/> for an hour without a reading.</summary>
    public const uint NoReading = uint.MaxValue;

    private readonly WindowLengths _lengths;

    public DetectorPage(WindowLengths lengths)
    {
        _lengths = lengths;
        Identities = new ReadingIdentities((int)lengths.SpanMs);
        Cells = new FlowCell[lengths.Count][][];
        Rows = new int[lengths.Count][];
        HourShortest = new uint[lengths.HoursPerPage];
        Array.Fill(HourShortest, NoReading);
    }

    public ReadingIdentities Identities { get; set; }

    /// <summary>Per length, chunk by chunk, made when the first reading comes.</summary>
    public FlowCell[]?[]?[] Cells { get; }

    /// <summary>Per length and window a <see cref="RowTrack"/>.</summary>
    public int[]?[] Rows { get; }

    /// <summary>Per length and class number the vehicles by window; null without classes.</summary>
    public long[]?[]?[]? Classes { get; set; }

    /// <summary>Per UTC hour the shortest interval of its readings (0: one is unknown), or <see cref="NoReading"/>.</summary>
    public uint[] HourShortest { get; }

    public ref FlowCell Cell(int length, int window, PagePool pool, ref long bytes)
    {
        FlowCell[]?[] chunks = Cells[length] ??= new FlowCell[Windows(length) / PagePool.CellsPerChunk + 1][];
        ref FlowCell[]? chunk = ref chunks[window / PagePool.CellsPerChunk];
        if (chunk is null)
        {
            chunk = pool.RentCells();
            bytes += PagePool.CellsPerChunk * System.Runtime.CompilerServices.Unsafe.SizeOf<FlowCell>();
        }

        return ref chunk[window % PagePool.CellsPerChunk];
    }

    /// <summary>A copy of a cell; empty where nothing came.</summary>
    public FlowCell ReadCell(int length, int window) =>
        Cells[length]?[window / PagePool.CellsPerChunk] is { } chunk ? chunk[window % PagePool.CellsPerChunk] : default;

    public ref int Row(int length, int window, ref long bytes)
    {
        int[]? rows = Rows[length];
        if (rows is null)
        {
            rows = Rows[length] = new int[Windows(length)];
            bytes += rows.Length * sizeof(int);
        }

        return ref rows[window];
    }

    public int ReadRow(int length, int window) => Rows[length]?[window] ?? 0;

    public ref long Class(int length, int number, int window, ref long bytes)
    {
        Classes ??= new long[_lengths.Count][][];
        long[]?[] byClass = Classes[length] ?? [];
        if (number >= byClass.Length)
        {
            Array.Resize(ref byClass, number + 1);
            Classes[length] = byClass;
        }

        long[]? volumes = byClass[number];
        if (volumes is null)
        {
            volumes = byClass[number] = new long[Windows(length)];
            bytes += volumes.Length * sizeof(long);
        }

        return ref volumes[window];
    }

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
        foreach (FlowCell[]?[]? chunks in Cells)
        {
            foreach (FlowCell[]? chunk in chunks ?? [])
            {
                if (chunk is not null)
                {
                    pool.Return(chunk);
                }
            }
        }
    }

    private int Windows(int length) => (int)(_lengths.SpanMs / _lengths[length]);
}

/// <summary>An inclusive range of indexes.</summary>
internal readonly record struct FirstAndLast(int First, int Last);
