namespace TrafficCore.Pipeline.Shards;

/// <summary>Window starts in ascending order; few as a rule, appended at the end as a rule.</summary>
internal sealed class StartList
{
    private readonly List<long> _starts = [];

    public int Count => _starts.Count;

    public long First => _starts[0];

    public long this[int index] => _starts[index];

    public void Add(long start)
    {
        if (_starts.Count == 0 || _starts[^1] < start)
        {
            _starts.Add(start);
            return;
        }

        int at = _starts.BinarySearch(start);
        if (at < 0)
        {
            _starts.Insert(~at, start);
        }
    }

    public void RemoveFirst(int count) => _starts.RemoveRange(0, count);

    public void RemoveAt(int index) => _starts.RemoveAt(index);
}
