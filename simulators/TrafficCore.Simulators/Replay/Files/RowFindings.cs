namespace TrafficCore.Simulators.Replay;

/// <summary>What became of rows and cells that are not sent as they stand: counted by reason, the first ones told with their line.</summary>
/// <remarks>Ownership: the reader of one file.</remarks>
internal sealed class RowFindings
{
    /// <summary>Enough to see what kind of mistake it is, for what is malformed and for the rest; all are counted.</summary>
    public const int MaxTold = 20;

    private readonly SortedDictionary<string, long> _skipped = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _noted = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _malformed = new(StringComparer.Ordinal);
    private readonly List<string> _refused = [];
    private readonly List<string> _told = [];
    private long _untold;

    /// <summary>Records that were read, the header left out.</summary>
    public long Rows { get; set; }

    /// <summary>What the format says is no data, by reason; values or rows.</summary>
    public IReadOnlyDictionary<string, long> Skipped => _skipped;

    /// <summary>What is sent although something is odd about it, by reason.</summary>
    public IReadOnlyDictionary<string, long> Noted => _noted;

    /// <summary>What should be data and can't be read, by reason; values or rows.</summary>
    public IReadOnlyDictionary<string, long> Malformed => _malformed;

    /// <summary>The first findings, one sentence each, what is malformed before the rest; and how many more there are.</summary>
    public IReadOnlyList<string> Told => [.. _refused, .. _told, .. _untold == 0 ? Array.Empty<string>() : [$"and {_untold} more"]];

    /// <summary>Something that the format says is no data.</summary>
    public void Skip(int line, string reason, string words, long count = 1) => Add(_skipped, _told, line, reason, words, count);

    /// <summary>Something odd.</summary>
    public void Note(int line, string reason, string words, long count = 1) => Add(_noted, _told, line, reason, words, count);

    /// <summary>Something that can't be read.</summary>
    public void Refuse(int line, string reason, string words, long count = 1) => Add(_malformed, _refused, line, reason, words, count);

    private void Add(SortedDictionary<string, long> counts, List<string> told, int line, string reason, string words, long count)
    {
        if (count == 0)
        {
            return;
        }

        counts[reason] = counts.GetValueOrDefault(reason) + count;
        if (told.Count < MaxTold)
        {
            told.Add($"line {line}: {words} ({reason})");
        }
        else
        {
            _untold++;
        }
    }
}
