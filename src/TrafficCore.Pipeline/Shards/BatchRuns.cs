using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// The batches of a controller that carried a number, merged to runs without a hole, in order of time. Between two runs of
/// rising numbers something is missing. A number that goes back is a restart and no hole.
/// </summary>
/// <remarks>A function of the set of batches, not of their order, as long as batches do not overlap in time.</remarks>
internal sealed class BatchRuns
{
    /// <summary>A controller on a bad line makes a run per hole; 4,096 are days of them. The oldest are then forgotten.</summary>
    private const int MaxRuns = 4096;

    private readonly List<Run> _runs = [];

    public record struct Run(uint Low, uint High, long First, long Last);

    public int Count => _runs.Count;

    /// <summary>Whether something is missing between run <paramref name="index"/> and the next: after which time, and until which.</summary>
    public bool HasHole(int index, out long after, out long until)
    {
        after = _runs[index].Last;
        until = index + 1 < _runs.Count ? _runs[index + 1].First : 0;
        return index + 1 < _runs.Count && IsHole(_runs[index], _runs[index + 1]);
    }

    /// <summary>Index of the last run that begins at or before a time; -1 before all.</summary>
    public int FindAt(long time)
    {
        int low = 0, high = _runs.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) >> 1;
            (low, high) = _runs[middle].First <= time ? (middle + 1, high) : (low, middle - 1);
        }

        return high;
    }

    /// <summary>Adds a batch; returns the time behind which a hole appeared or vanished, or null.</summary>
    public long? Add(uint sequence, long first, long last)
    {
        int at = FindAt(first);
        if (at >= 0 && last <= _runs[at].Last && sequence - _runs[at].Low <= _runs[at].High - _runs[at].Low)
        {
            return null;
        }

        var run = new Run(sequence, sequence, first, last);
        bool before = at >= 0 && at + 1 < _runs.Count && IsHole(_runs[at], _runs[at + 1]);
        bool after = at >= 0 && IsHole(_runs[at], run);
        long? changed = before != after || after ? _runs[at].Last : null;
        if (at >= 0 && sequence - _runs[at].High <= 1)
        {
            _runs[at] = _runs[at] with { High = sequence, Last = Math.Max(last, _runs[at].Last) };
        }
        else
        {
            _runs.Insert(++at, run);
        }

        MergeWithNext(at);
        if (_runs.Count > MaxRuns)
        {
            _runs.RemoveAt(0);
        }

        return changed;
    }

    /// <summary>Forgets what ended before a time.</summary>
    public void Forget(long before) => _runs.RemoveAll(r => r.Last < before);

    public void Write(BodyWriter writer)
    {
        writer.Count(_runs.Count);
        foreach (Run run in _runs)
        {
            writer.Unsigned(run.Low);
            writer.Unsigned(run.High);
            writer.Signed(run.First);
            writer.Signed(run.Last);
        }
    }

    public void Read(ref BodyReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            _runs.Add(new Run((uint)reader.Unsigned(), (uint)reader.Unsigned(), reader.Signed(), reader.Signed()));
        }
    }

    private static bool IsHole(Run run, Run next) => unchecked((int)(next.Low - run.High)) > 1;

    private void MergeWithNext(int at)
    {
        if (at + 1 < _runs.Count && _runs[at + 1].Low - _runs[at].High <= 1)
        {
            Run next = _runs[at + 1];
            _runs[at] = _runs[at] with { High = next.High, Last = Math.Max(next.Last, _runs[at].Last) };
            _runs.RemoveAt(at + 1);
        }
    }
}
