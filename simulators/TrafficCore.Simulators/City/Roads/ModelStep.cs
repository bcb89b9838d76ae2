namespace TrafficCore.Simulators.City.Roads;

/// <summary>One step of the model: [From, Until), the same for the whole city.</summary>
/// <param name="From">Begin, ms of model time.</param>
/// <param name="Until">End.</param>
/// <param name="Share">Demand as a share of the day's peak, per mille.</param>
/// <param name="Tide">What approaches into the centre have more, per mille.</param>
internal readonly record struct ModelStep(long From, long Until, int Share, int Tide)
{
    /// <summary>
    /// A second: no longer than the shortest way over an intersection, so that parts of the city are independent within a step, and as
    /// fine as controllers decide.
    /// </summary>
    public const int Length = 1000;

    /// <summary>0 and 1 in turn: which of two buffers is written.</summary>
    public int Parity => (int)(From / Length) & 1;
}
