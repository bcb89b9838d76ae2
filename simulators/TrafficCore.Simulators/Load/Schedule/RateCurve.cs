namespace TrafficCore.Simulators.Load;

/// <summary>When the messages of a steady stream are due: at a fixed rate, after a linear ramp to it if there is one.</summary>
/// <param name="Rate">Messages a second once the ramp is over.</param>
/// <param name="RampFrom">Messages a second at the start of the ramp.</param>
/// <param name="RampSeconds">Length of the ramp; 0 for none.</param>
internal sealed record RateCurve(double Rate, double RampFrom = 0, double RampSeconds = 0)
{
    private readonly double _rampCount = (RampFrom + Rate) / 2 * RampSeconds;

    /// <summary>When a message is due, nanoseconds after the start; the first at 0.</summary>
    public long DueNanoseconds(long index) => (long)(DueSeconds(index) * 1e9);

    /// <summary>How many messages are due at an instant.</summary>
    public long DueCount(long nanoseconds)
    {
        if (nanoseconds < 0)
        {
            return 0;
        }

        // The curve may round to either side of a due time; what counts is what DueNanoseconds says.
        var count = (long)CountAt(nanoseconds / 1e9) + 1;
        while (count > 0 && DueNanoseconds(count - 1) > nanoseconds)
        {
            count--;
        }

        while (DueNanoseconds(count) <= nanoseconds)
        {
            count++;
        }

        return count;
    }

    /// <summary>Messages that fit into a time, rounded.</summary>
    public long CountWithin(TimeSpan time) => (long)Math.Round(CountAt(time.TotalSeconds));

    private double CountAt(double seconds) => seconds >= RampSeconds
        ? _rampCount + ((seconds - RampSeconds) * Rate)
        : (RampFrom * seconds) + ((Rate - RampFrom) / (2 * RampSeconds) * seconds * seconds);

    private double DueSeconds(double index)
    {
        if (index >= _rampCount)
        {
            return RampSeconds + ((index - _rampCount) / Rate);
        }

        if (index == 0)
        {
            return 0;
        }

        // The root of the ramp's parabola in the form that neither divides by a difference near 0 nor loses digits.
        var a = (Rate - RampFrom) / (2 * RampSeconds);
        return 2 * index / (RampFrom + Math.Sqrt(Math.Max(0, (RampFrom * RampFrom) + (4 * a * index))));
    }
}
