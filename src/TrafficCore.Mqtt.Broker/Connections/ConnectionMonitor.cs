using System.Collections.Concurrent;

namespace TrafficCore.Mqtt.Broker;

/// <summary>One timer for all connections and sessions: once a second it looks whose time is over.</summary>
/// <remarks>Ownership: the timer's callback runs everything; it does not run twice at once.</remarks>
internal sealed class ConnectionMonitor
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Expired retained messages are not delivered anyway, and addresses that went cost a line; a sweep a minute only frees their memory.</summary>
    private const int SweepTicks = 60;

    private readonly BrokerRuntime _runtime;
    private readonly ConcurrentDictionary<MqttConnection, bool> _connections;
    private readonly int _connectTicks;
    private readonly int _packetTicks;
    private readonly int _sendTicks;
    private ITimer? _timer;
    private int _running;

    public ConnectionMonitor(BrokerRuntime runtime, ConcurrentDictionary<MqttConnection, bool> connections)
    {
        _runtime = runtime;
        _connections = connections;
        _connectTicks = (int)Math.Ceiling(runtime.Options.ConnectTimeout.TotalSeconds);
        _packetTicks = (int)Math.Ceiling(runtime.Options.PacketTimeout.TotalSeconds);
        _sendTicks = (int)Math.Ceiling(runtime.Options.SendTimeout.TotalSeconds);
    }

    public void Start() => _timer = _runtime.Time.CreateTimer(static state => ((ConnectionMonitor)state!).OnTick(), this, Interval, Interval);

    public void Stop() => _timer?.Dispose();

    private void OnTick()
    {
        var tick = _runtime.AdvanceTick();
        if (Interlocked.Exchange(ref _running, 1) == 1)
        {
            return; // the last look is still going on; the next one sees what this one would have
        }

        try
        {
            foreach (var (connection, _) in _connections)
            {
                connection.CheckTime(tick, _connectTicks, _packetTicks, _sendTicks);
            }

            EndDueSessions();
            _runtime.Troubles.TellLeftOut();
            if (tick % SweepTicks == 0)
            {
                _runtime.Router.Retained.RemoveExpired(_runtime.NowMs);
                _runtime.Addresses.Sweep();
            }
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private void EndDueSessions()
    {
        var expired = new List<Session>();
        var wills = new List<PendingWill>();
        _runtime.Sessions.TakeDue(_runtime.NowMs, expired, wills);
        foreach (var will in wills)
        {
            _ = WillPublisher.PublishAsync(_runtime, will.Will, will.Client, will.Number);
        }

        foreach (var session in expired)
        {
            _ = EndAsync(session);
        }
    }

    private async Task EndAsync(Session session)
    {
        try
        {
            await SessionCleanup.EndExpiredAsync(_runtime, session);
        }
        catch (OperationCanceledException)
        {
            // The broker stops; what the log still holds is given back at the next start.
        }
#pragma warning disable CA1031 // Nobody awaits this; a failure is logged and the monitor goes on.
        catch (Exception e)
#pragma warning restore CA1031
        {
            BrokerLog.Fault(_runtime.Logger, session.ClientId, e);
        }
    }
}
