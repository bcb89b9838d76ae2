using System.Diagnostics.Metrics;

namespace TrafficCore.TestKit.Storage;

/// <summary>Meters of one test's own, so that tests in parallel do not count each other's measurements.</summary>
public sealed class FreshMeters : IMeterFactory
{
    private readonly List<Meter> meters = [];

    /// <inheritdoc/>
    public Meter Create(MeterOptions options)
    {
        options.Scope = this;
        Meter meter = new(options);
        meters.Add(meter);
        return meter;
    }

    /// <summary>Adds up a counter from now on.</summary>
    public Func<long> Count(string instrument)
    {
        long sum = 0;
        MeterListener listener = new();
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, this))
            {
                self.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref sum, value));
        listener.Start();
        return () => Interlocked.Read(ref sum);
    }

    /// <inheritdoc/>
    public void Dispose() => meters.ForEach(meter => meter.Dispose());
}
