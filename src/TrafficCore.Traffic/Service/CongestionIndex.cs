namespace TrafficCore.Traffic.Service;

/// <summary>
/// How congested a road network is: the delay-time proportion and the travel-time ratio of GB/T 33171-2016, and its index TPI by Annex C, as decimal
/// integers.
/// </summary>
/// <param name="TpiMilli">Traffic performance index 0..10, in 0.001.</param>
/// <param name="DtpMicro">Delay-time proportion, (t - t_free) / t, 0..1, in 0.000001.</param>
/// <param name="TtiMicro">Travel-time ratio t / t_free, at least 1, in 0.000001.</param>
/// <remarks>
/// Annexes A and B make other numbers of the same name from other quantities, and so do Beijing's and Shanghai's standards: an index means nothing without
/// <see cref="Method"/>.
/// </remarks>
public readonly record struct CongestionIndex(int TpiMilli, int DtpMicro, long TtiMicro)
{
    /// <summary>Name of the method, stored with every index.</summary>
    public const string Method = "gbt33171-2016-annex-c-dtp";

    /// <summary>The longest window that an index may be of, ms: the standard allows intervals of at most 15 min.</summary>
    public const long MaxWindowMs = 900_000;

    // Annex C: the delay-time proportion in tenths where each band ends, and the index there. Linear between, as implementations of the standard have it;
    // its text could not be read.
    private static readonly (int Tenths, int Tpi)[] BandEnds = [(0, 0), (3, 2), (5, 4), (6, 6), (7, 8), (10, 10)];

    /// <summary>1 unobstructed, 2 mostly unobstructed, 3 lightly, 4 moderately, 5 severely congested: the band of the index as it is published.</summary>
    public int Level => Math.Min(5, (TpiMilli / 2000) + 1);

    /// <summary>The index of a network.</summary>
    /// <param name="travelTime">Travel time of all vehicles in any unit, more than 0.</param>
    /// <param name="freeFlowTime">What they would have needed in free flow, same unit, more than 0. Where they were faster, that counts as no delay.</param>
    public static CongestionIndex Of(Int128 travelTime, Int128 freeFlowTime)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(freeFlowTime, 0);
        travelTime = Int128.Max(travelTime, freeFlowTime);
        Int128 delay = travelTime - freeFlowTime;
        int band = 1;
        while (delay * 10 > BandEnds[band].Tenths * travelTime)
        {
            band++;
        }

        (int from, int tpiFrom) = BandEnds[band - 1];
        (int to, int tpiTo) = BandEnds[band];
        Int128 inside = ((delay * 10) - (from * travelTime)) * (1000 * (tpiTo - tpiFrom));
        return new CongestionIndex(
            (1000 * tpiFrom) + (int)HalfUp(inside, (to - from) * travelTime),
            (int)HalfUp(delay * 1_000_000, travelTime),
            (long)Int128.Min(long.MaxValue, HalfUp(travelTime * 1_000_000, freeFlowTime)));
    }

    private static Int128 HalfUp(Int128 dividend, Int128 divisor) => ((dividend * 2) + divisor) / (divisor * 2);
}
