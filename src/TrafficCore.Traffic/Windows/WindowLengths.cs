namespace TrafficCore.Traffic.Windows;

/// <summary>The configured window lengths, and the span of a page of state: the shortest time that hours and all windows divide.</summary>
/// <remarks>Immutable; shared freely between threads.</remarks>
public sealed class WindowLengths
{
    private const long HourMs = 3_600_000;

    /// <summary>A page must stay small enough to be loaded for one late reading.</summary>
    private const long MaxSpanMs = 24 * HourMs;

    private readonly long[] _lengths;

    private WindowLengths(long[] lengths, long span)
    {
        _lengths = lengths;
        SpanMs = span;
    }

    /// <summary>60 s and 900 s.</summary>
    public static WindowLengths Default { get; } = Create([60_000, 900_000]);

    /// <summary>Lengths in milliseconds, ascending.</summary>
    public ReadOnlySpan<long> Ms => _lengths;

    /// <summary>How many lengths there are.</summary>
    public int Count => _lengths.Length;

    /// <summary>Span of a page in milliseconds.</summary>
    public long SpanMs { get; }

    /// <summary>UTC hours in a page.</summary>
    public int HoursPerPage => (int)(SpanMs / HourMs);

    /// <summary>The length with an index.</summary>
    public long this[int index] => _lengths[index];

    /// <summary>Makes the set of lengths.</summary>
    /// <exception cref="ArgumentException">A length is not whole seconds or over a day, or the lengths have no common page of at most a day.</exception>
    public static WindowLengths Create(IEnumerable<long> lengths)
    {
        long[] sorted = [.. lengths.Distinct().Order()];
        return TryCreate(sorted, out WindowLengths? result, out string? error) ? result! : throw new ArgumentException(error, nameof(lengths));
    }

    /// <summary>Makes the set of lengths, or says what is wrong with it.</summary>
    public static bool TryCreate(IEnumerable<long> lengths, out WindowLengths? result, out string? error)
    {
        long[] sorted = [.. lengths.Distinct().Order()];
        result = null;
        error = sorted.Length == 0 ? "at least one window length is needed" : null;
        long span = HourMs;
        foreach (long length in sorted)
        {
            if (length is < 1000 or > MaxSpanMs || length % 1000 != 0)
            {
                error = $"a window of {length} ms is not whole seconds from 1 s to 24 h";
                return false;
            }

            span = span / GreatestCommonDivisor(span, length) * length;
            if (span > MaxSpanMs)
            {
                error = $"1 h and the window lengths have a common multiple of more than 24 h (at {length} ms)";
                return false;
            }
        }

        result = error is null ? new WindowLengths(sorted, span) : null;
        return error is null;
    }

    private static long GreatestCommonDivisor(long a, long b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
