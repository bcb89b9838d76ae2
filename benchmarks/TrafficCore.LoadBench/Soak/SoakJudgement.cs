namespace TrafficCore.LoadBench.Soak;

/// <summary>What the samples of a soak say. The first half is the service filling its pools and caches; the second must be flat.</summary>
/// <param name="samples">Samples, in order.</param>
/// <param name="devices">Devices that sent.</param>
/// <param name="rate">Messages per second of all of them.</param>
internal sealed class SoakJudgement(IReadOnlyList<SoakSample> samples, int devices, double rate)
{
    /// <summary>Trend over the second half that may be chance: the working set of a quiet .NET process moves by as much from collection to collection.</summary>
    private const double AllowedShare = 0.05;

    /// <summary>
    /// Exact identities of readings, which are kept for the hour that they belong to and then go: 2 bytes a reading, or a bit a millisecond and device where that is less. The generator's devices, unlike
    /// those of the contract, have no second of their own for each reading, so this is what its load is bound to add until an hour is over.
    /// </summary>
    private const double BytesPerIdentity = 2;
    private const double MostBytesPerDevice = 1000 / 8.0;

    /// <summary>Collections of generation 2 that the second half may have beyond as many as the first.</summary>
    private const double MoreCollections = 2;
    private const double MoreThreads = 5;
    private const double MoreHandles = 20;

    private SoakSample[] First => [.. samples.Take(samples.Count / 2)];

    private SoakSample[] Second => [.. samples.Skip(samples.Count / 2)];

    /// <summary>Each of what is wanted of memory, collections, threads and handles.</summary>
    public IEnumerable<Verdict> Judge()
    {
        var second = Second;
        var seconds = second[^1].Seconds - second[0].Seconds;
        var identities = devices * Math.Min(BytesPerIdentity * rate / devices, MostBytesPerDevice) * seconds / 1048576;
        yield return Flat("resident memory", static s => s.ResidentMiB, seconds, identities);
        yield return Flat("heap", static s => s.HeapMiB, seconds, identities);

        var (early, late) = (First[^1].OldCollections - First[0].OldCollections, second[^1].OldCollections - second[0].OldCollections);
        yield return new Verdict(FormattableString.Invariant($"{late} collections of generation 2 in the second half, {early} in the first, wanted are at most {early + MoreCollections}"), late <= early + MoreCollections);
        yield return NoMore("threads", static s => s.Threads, MoreThreads);
        yield return NoMore("handles", static s => s.Handles, MoreHandles);
    }

    private Verdict Flat(string name, Func<SoakSample, double> value, double seconds, double identities)
    {
        var second = Second;
        var trend = TheilSen.Slope([.. second.Select(s => (s.Seconds, value(s)))]) * seconds;
        var median = Spread.Of(second.Select(value)).Median;
        var allowed = (median * AllowedShare) + identities;
        return new Verdict(
            FormattableString.Invariant($"{name}: a trend of {trend:0.0} MiB over the last {seconds / 60:0.0} min at a median of {median:0} MiB, wanted are at most {allowed:0.0} ({AllowedShare:0%} and {identities:0.0} MiB of identities)"),
            trend <= allowed);
    }

    private Verdict NoMore(string name, Func<SoakSample, double> value, double more)
    {
        var (before, after) = (Spread.Of(First.Skip(First.Length / 2).Select(value)).Median, Spread.Of(Second.Skip(Second.Length / 2).Select(value)).Median);
        return new Verdict(FormattableString.Invariant($"{name}: {before:0} in the second quarter, {after:0} in the last, wanted are at most {more:0} more"), after <= before + more);
    }
}
