namespace TrafficCore.Simulators.City;

/// <summary>Model time and Unix time. Immutable.</summary>
/// <param name="Begin">Model time at which the run begins and devices begin to report, ms; before that the streets fill.</param>
/// <param name="BeginUnix">The same moment in Unix milliseconds UTC; a whole second.</param>
internal sealed record CityClock(long Begin, long BeginUnix)
{
    /// <summary>What Unix time has more than model time.</summary>
    public long UnixOffset => BeginUnix - Begin;

    /// <summary>Unix time of a model time.</summary>
    public long Unix(long model) => model + UnixOffset;

    /// <summary>Whether a period that is aligned to the Unix epoch ends at a model time.</summary>
    public bool Ends(long model, long period) => Unix(model) % period == 0;
}

/// <summary>When a run begins. Immutable.</summary>
/// <param name="WarmUpMs">How long the streets fill before, ms of model time, whole seconds.</param>
/// <param name="BeginUnix">Asked once the streets are full, which takes a while in a large city: what time it shall be then, Unix ms, a whole second.</param>
internal sealed record CityStart(long WarmUpMs, Func<long> BeginUnix);
