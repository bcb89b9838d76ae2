using System.Diagnostics.Metrics;
using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

public sealed class LogMetricsTests
{
    [Fact]
    public void Metrics_OneCommitAndOneFailedSync_AreCountedUnderTheLogsName()
    {
        using var factory = new TestMeterFactory();
        var seen = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (ReferenceEquals(instrument.Meter, factory.Made))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        var files = new ForgetfulFileSystem();
        using var writer = LogWriter.Open(LogFixture.Directory, LogFixture.Options, files, () => 1, factory);
        files.Fail(FileOperation.Sync, files.CountOf(FileOperation.Sync) + 1);
        LogFixture.Append(writer, 1);
        writer.Commit();
        listener.RecordObservableInstruments();

        Assert.Equal(1, seen["trafficcore.log.commits"]);
        Assert.Equal(writer.End, seen["trafficcore.log.bytes"]);
        Assert.Equal(1, seen["trafficcore.log.segments.abandoned"]);
        Assert.Equal(1, seen["trafficcore.log.available"]);
        Assert.Equal(writer.End, seen["trafficcore.log.retained"]);
        Assert.True(seen["trafficcore.log.sync.longest"] > 0);

        void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Assert.Equal("test", Assert.Single(tags.ToArray()).Value);
            seen[instrument.Name] = seen.GetValueOrDefault(instrument.Name) + value;
        }
    }

    [Fact]
    public void ElapsedMs_AfterRestart_GoesOnFromTheLastLoggedValue()
    {
        var time = new SteppedTime();
        var clock = new ServiceClock(time, 5_000);
        Assert.Equal(5_000, clock.ElapsedMs);
        time.Step(TimeSpan.FromMilliseconds(1_250), TimeSpan.FromHours(-1));
        Assert.Equal(6_250, clock.ElapsedMs);
        Assert.Equal(-3_600_000, clock.NowMs);
    }

    private sealed class TestMeterFactory : IMeterFactory
    {
        public Meter? Made { get; private set; }

        public Meter Create(MeterOptions options) => Made ??= new Meter(options);

        public void Dispose() => Made?.Dispose();
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;
        private TimeSpan _utc;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _utc;

        public void Step(TimeSpan monotonic, TimeSpan utc)
        {
            _ticks += monotonic.Ticks;
            _utc += utc;
        }
    }
}
