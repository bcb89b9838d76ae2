namespace TrafficCore.Host.Configuration;

/// <summary>Finds the key that somebody probably meant.</summary>
internal static class NearestKey
{
    public static string Find(string wrong, IEnumerable<string> known) =>
        known.MinBy(k => Distance(wrong.ToUpperInvariant(), k.ToUpperInvariant())) ?? "";

    /// <summary>Levenshtein distance: insertions, deletions and replacements between two strings.</summary>
    internal static int Distance(string a, string b)
    {
        var previous = Enumerable.Range(0, b.Length + 1).ToArray();
        var current = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
