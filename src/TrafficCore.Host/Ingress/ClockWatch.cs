using TrafficCore.Log;

namespace TrafficCore.Host.Ingress;

/// <summary>Has the clock looked at once a second, also while nobody sends: a step is seen, and an alarm ends, without a reading.</summary>
/// <remarks>Ownership: a timer's thread, and the one who disposes; after that nothing is written into the log.</remarks>
internal sealed class ClockWatch(ClockGuard guard, ServiceClock clock, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private ITimer? _timer;
    private bool _disposed;

    /// <summary>Begins; called once.</summary>
    public void Start() => _timer = time.CreateTimer(static state => ((ClockWatch)state!).Look(), this, Period, Period);

    public void Dispose()
    {
        _timer?.Dispose();
        lock (_gate)
        {
            _disposed = true;
        }
    }

    private void Look()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                guard.Observe(clock.NowMs, clock.ElapsedMs);
            }
        }
    }
}
