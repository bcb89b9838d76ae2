using System.Numerics;

namespace TrafficCore.Simulators.Load;

/// <summary>
/// Counts durations in log-linear buckets: exact below 128 ns, then 64 buckets per power of two, so that a quantile is at
/// most 1.6 % above the true value. Fixed memory, no allocation while counting.
/// </summary>
/// <remarks>
/// Ownership: <see cref="Add"/> may be called from any thread; quantiles are read when nobody adds any more, or are an
/// approximation of a moment.
/// </remarks>
internal sealed class LatencyHistogram
{
    /// <summary>64 per power of two: 1/64 = 1.6 % is far below the noise of any run.</summary>
    private const int SubBits = 6;
    private const int Sub = 1 << SubBits;

    private readonly long[] _counts = new long[Sub * (64 - SubBits + 1)];
    private long _count;
    private long _maximum;

    /// <summary>Values counted.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>The largest value, exact.</summary>
    public long Maximum => Volatile.Read(ref _maximum);

    /// <summary>Counts one duration in nanoseconds; a negative one (clock granularity) counts as 0.</summary>
    public void Add(long nanoseconds)
    {
        var value = Math.Max(0, nanoseconds);
        Interlocked.Increment(ref _counts[IndexOf(value)]);
        Interlocked.Increment(ref _count);
        var seen = Volatile.Read(ref _maximum);
        while (value > seen)
        {
            var before = Interlocked.CompareExchange(ref _maximum, value, seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    /// <summary>
    /// The smallest bucket border that at least the given share of all values does not exceed, in nanoseconds; 0 when empty.
    /// </summary>
    public long Quantile(double share)
    {
        var total = Count;
        if (total == 0)
        {
            return 0;
        }

        var rank = Math.Clamp((long)Math.Ceiling(share * total), 1, total);
        long seen = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += Volatile.Read(ref _counts[i]);
            if (seen >= rank)
            {
                return Math.Min(UpperBorder(i), Maximum);
            }
        }

        return Maximum;
    }

    /// <summary>All counts, for JSON; null when nothing was counted.</summary>
    public HistogramCounts? ToCounts() => Count == 0
        ? null
        : new HistogramCounts(SubBits, Maximum, [.. Enumerable.Range(0, _counts.Length).Where(i => _counts[i] > 0).Select(i => new[] { i, _counts[i] })]);

    /// <summary>Adds counts that came from JSON.</summary>
    /// <returns>False when they were made with other buckets, or are not counts of any.</returns>
    public bool TryMerge(HistogramCounts other)
    {
        if (other.SubBits != SubBits || other.Buckets.Any(b => b is not [>= 0, > 0] || b[0] >= _counts.Length))
        {
            return false;
        }

        foreach (var bucket in other.Buckets)
        {
            _counts[bucket[0]] += bucket[1];
            _count += bucket[1];
        }

        _maximum = Math.Max(_maximum, other.Max);
        return true;
    }

    private static int IndexOf(long value)
    {
        if (value < Sub * 2)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - SubBits;
        return (shift * Sub) + (int)(value >> shift);
    }

    /// <summary>The largest value that falls into a bucket.</summary>
    private static long UpperBorder(int index)
    {
        if (index < Sub * 2)
        {
            return index;
        }

        var shift = (index / Sub) - 1;
        return (((long)(index % Sub) + Sub + 1) << shift) - 1;
    }
}
