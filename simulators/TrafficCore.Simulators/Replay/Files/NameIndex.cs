namespace TrafficCore.Simulators.Replay;

/// <summary>Numbers names in the order in which they come.</summary>
/// <remarks>Ownership: the reader of one file.</remarks>
internal sealed class NameIndex
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    /// <summary>The names by number.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The number of a name, a new one when it is new.</summary>
    public int Of(ReadOnlySpan<char> name)
    {
        var lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(name, out var number))
        {
            number = _names.Count;
            _names.Add(name.ToString());
            _numbers.Add(_names[number], number);
        }

        return number;
    }
}
