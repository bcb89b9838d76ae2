using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>A batch of events that carried a number: from its first event to its last.</summary>
internal readonly record struct Batch(long First, uint Sequence, long Last) : IComparable<Batch>
{
    public int CompareTo(Batch other)
    {
        int order = First.CompareTo(other.First);
        order = order != 0 ? order : Sequence.CompareTo(other.Sequence);
        return order != 0 ? order : Last.CompareTo(other.Last);
    }

    /// <summary>Whether something is missing before the next batch. A number that goes back is a restart and no hole.</summary>
    public bool HasHoleBefore(Batch next) => unchecked((int)(next.Sequence - Sequence)) > 1;

    public void Write(BodyWriter writer)
    {
        writer.Signed(First);
        writer.Unsigned(Sequence);
        writer.Signed(Last);
    }

    public static Batch Read(ref BodyReader reader) => new(reader.Signed(), (uint)reader.Unsigned(), reader.Signed());
}

/// <summary>
/// The set of batches of one controller that begin in one page, in order of time. They are not merged: a restart of the
/// numbers that is back-filled later may fall between any two, and what is missing must not depend on what came first.
/// </summary>
internal sealed class BatchList
{
    private readonly List<Batch> _batches = [];

    public int Count => _batches.Count;

    public Batch this[int index] => _batches[index];

    /// <summary>Adds a batch and tells its place; false when it was there.</summary>
    public bool Add(Batch batch, out int at)
    {
        at = _batches.Count == 0 || _batches[^1].CompareTo(batch) < 0 ? ~_batches.Count : _batches.BinarySearch(batch);
        if (at >= 0)
        {
            return false;
        }

        at = ~at;
        _batches.Insert(at, batch);
        return true;
    }

    public void Write(BodyWriter writer)
    {
        writer.Count(_batches.Count);
        foreach (Batch batch in _batches)
        {
            batch.Write(writer);
        }
    }

    public void Read(ref BodyReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            _batches.Add(Batch.Read(ref reader));
        }
    }
}

/// <summary>First and last batch of each page of one controller: a hole may reach over pages that are not in memory.</summary>
internal sealed class BatchEdges
{
    private readonly List<Edge> _edges = [];

    private record struct Edge(long Page, Batch First, Batch Last);

    /// <summary>Notes the edges of a page that has batches.</summary>
    public void Note(long page, BatchList batches)
    {
        int at = FirstFrom(page);
        var edge = new Edge(page, batches[0], batches[batches.Count - 1]);
        if (at < _edges.Count && _edges[at].Page == page)
        {
            _edges[at] = edge;
        }
        else
        {
            _edges.Insert(at, edge);
        }
    }

    /// <summary>The last batch before a page, or null.</summary>
    public Batch? Before(long page)
    {
        int at = FirstFrom(page);
        return at > 0 ? _edges[at - 1].Last : null;
    }

    /// <summary>The first batch after a page, or null.</summary>
    public Batch? After(long page)
    {
        int at = FirstFrom(page + 1);
        return at < _edges.Count ? _edges[at].First : null;
    }

    public void ForgetBefore(long page) => _edges.RemoveAll(e => e.Page < page);

    public void Write(BodyWriter writer)
    {
        writer.Count(_edges.Count);
        foreach (Edge edge in _edges)
        {
            writer.Signed(edge.Page);
            edge.First.Write(writer);
            edge.Last.Write(writer);
        }
    }

    public void Read(ref BodyReader reader)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            _edges.Add(new Edge(reader.Signed(), Batch.Read(ref reader), Batch.Read(ref reader)));
        }
    }

    private int FirstFrom(long page)
    {
        int at = _edges.Count;
        while (at > 0 && _edges[at - 1].Page >= page)
        {
            at--;
        }

        return at;
    }
}
