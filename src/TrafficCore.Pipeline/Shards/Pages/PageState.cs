using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Everything about one intersection whose <c>ts</c> lies in one span: what a late reading needs, and nothing else.</summary>
/// <remarks>Ownership: the shard loop.</remarks>
internal sealed class PageState
{
    /// <summary>More class names in one page count as <c>other</c>: names come from devices and must not fill memory.</summary>
    private const int MaxClasses = 64;

    private readonly WindowLengths _lengths;

    public PageState(long index, WindowLengths lengths)
    {
        _lengths = lengths;
        Index = index;
        Start = index * lengths.SpanMs;
        Slots = new WindowSlot[lengths.Count][];
        IntersectionRows = new int[lengths.Count][];
        for (int i = 0; i < lengths.Count; i++)
        {
            Slots[i] = new WindowSlot[lengths.SpanMs / lengths[i]];
            IntersectionRows[i] = new int[Slots[i].Length];
            Bytes += Slots[i].Length * (16 + sizeof(int));
        }
    }

    public long Index { get; }

    public long Start { get; }

    public long End => Start + _lengths.SpanMs;

    /// <summary>Per length and window.</summary>
    public WindowSlot[][] Slots { get; }

    /// <summary>Per length and window the revision of the intersection's row.</summary>
    public int[][] IntersectionRows { get; }

    /// <summary>Per approach, length and window the revision of its row; in order of first appearance.</summary>
    public List<(string Id, int[]?[] Revisions)> ApproachRows { get; } = [];

    /// <summary>By the device's index in the intersection.</summary>
    public DetectorPage?[] Detectors { get; private set; } = [];

    /// <summary>By the device's index in the intersection.</summary>
    public ControllerPage?[] Controllers { get; private set; } = [];

    /// <summary>By the device's index in the intersection: a fingerprint of the values at each <c>ts</c> of an environment sensor or a car park.</summary>
    public OffsetItems?[] Observers { get; private set; } = [];

    /// <summary>Class names in order of first appearance.</summary>
    public List<string> ClassNames { get; } = [];

    /// <summary>Open and dirty windows: with any, the page stays in memory.</summary>
    public int WorkCount { get; set; }

    /// <summary>Elapsed time of the last change.</summary>
    public long TouchedMs { get; set; }

    /// <summary>Receive time of the last change.</summary>
    public long LastWriteMs { get; set; }

    /// <summary>Elapsed time of the last output of any of its windows.</summary>
    public long LastEmitMs { get; set; } = long.MinValue / 2;

    /// <summary>Changed since it was last appended.</summary>
    public bool IsDirty { get; set; }

    /// <summary>Changed when it could already have left memory.</summary>
    public bool IsLateDirty { get; set; }

    /// <summary>What of <see cref="Bytes"/> the shard has counted.</summary>
    public long CountedBytes { get; set; }

    /// <summary>About what it occupies.</summary>
    public long Bytes;

    public DetectorPage Detector(int device)
    {
        if (device >= Detectors.Length)
        {
            DetectorPage?[] larger = Detectors;
            Array.Resize(ref larger, Math.Max(device + 1, larger.Length * 2));
            Detectors = larger;
        }

        ref DetectorPage? page = ref Detectors[device];
        if (page is null)
        {
            page = new DetectorPage(_lengths);
            Bytes += 256;
        }

        return page;
    }

    public ControllerPage Controller(int device)
    {
        if (device >= Controllers.Length)
        {
            ControllerPage?[] larger = Controllers;
            Array.Resize(ref larger, device + 1);
            Controllers = larger;
        }

        ref ControllerPage? page = ref Controllers[device];
        if (page is null)
        {
            page = new ControllerPage(_lengths);
            Bytes += 256 + (page.EventSeconds.Length * sizeof(ulong));
        }

        return page;
    }

    public OffsetItems Observer(int device) =>
        (device < Observers.Length ? Observers[device] : null) ?? SetObserver(device, new OffsetItems((int)_lengths.SpanMs));

    public OffsetItems SetObserver(int device, OffsetItems items)
    {
        if (device >= Observers.Length)
        {
            OffsetItems?[] larger = Observers;
            Array.Resize(ref larger, device + 1);
            Observers = larger;
        }

        Observers[device] = items;
        Bytes += items.Bytes;
        return items;
    }

    public DetectorPage? FindDetector(int device) => device < Detectors.Length ? Detectors[device] : null;

    public ref int ApproachRow(string id, int length, int window)
    {
        int[]?[]? revisions = null;
        foreach ((string known, int[]?[] rows) in ApproachRows)
        {
            revisions = known == id ? rows : revisions;
        }

        if (revisions is null)
        {
            revisions = new int[_lengths.Count][];
            ApproachRows.Add((id, revisions));
        }

        int[] ofLength = revisions[length] ??= new int[Slots[length].Length];
        return ref ofLength[window];
    }

    public int ClassNumber(ReadOnlySpan<byte> utf8)
    {
        for (int i = 0; i < ClassNames.Count; i++)
        {
            if (System.Text.Ascii.Equals(utf8, ClassNames[i]))
            {
                return i;
            }
        }

        if (ClassNames.Count > MaxClasses)
        {
            return MaxClasses;
        }

        ClassNames.Add(ClassNames.Count == MaxClasses ? "other" : System.Text.Encoding.UTF8.GetString(utf8));
        return ClassNames.Count - 1;
    }

    /// <summary>UTC hours of the page that a window touches.</summary>
    public FirstAndLast HoursOf(int length, int window)
    {
        long start = window * _lengths[length];
        return new FirstAndLast((int)(start / 3_600_000), (int)((start + _lengths[length] - 1) / 3_600_000));
    }

    public void Release(PagePool pool)
    {
        foreach (DetectorPage? detector in Detectors)
        {
            detector?.Release(pool);
        }

        foreach (ControllerPage? controller in Controllers)
        {
            controller?.Release(pool);
        }

        foreach (OffsetItems? items in Observers)
        {
            items?.Release(pool);
        }
    }
}
