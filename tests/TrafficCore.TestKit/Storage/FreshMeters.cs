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
        Listen(instrument, value => Interlocked.Add(ref sum, value));
        return () => Interlocked.Read(ref sum);
    }

    /// <summary>Reads an observable instrument whenever it is asked.</summary>
    public Func<long> Observe(string instrument)
    {
        long last = 0;
        MeterListener listener = Listen(instrument, value => last = value);
        return () =>
        {
            listener.RecordObservableInstruments();
            return last;
        };
    }

    /// <inheritdoc/>
    public void Dispose() => meters.ForEach(meter => meter.Dispose());

    private MeterListener Listen(string instrument, Action<long> measured)
    {
        MeterListener listener = new();
        listener.InstrumentPublished = (published, self) =>
        {
            if (published.Name == instrument && ReferenceEquals(published.Meter.Scope, this))
            {
                self.EnableMeasurementEvents(published);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => measured(value));
        listener.Start();
        return listener;
    }
}
