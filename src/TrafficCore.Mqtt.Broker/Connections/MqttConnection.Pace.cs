namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    /// <summary>The longest wait without a look at whether the connection is to be closed: as long as a newcomer of the same id waits at most for the last packet.</summary>
    private static readonly TimeSpan Nap = TimeSpan.FromSeconds(1);

    // Read loop. The allowances are there only where a rate is set.
    private readonly Allowance? _packetRate;
    private readonly Allowance? _byteRate;
    private int _packets;

    private static Allowance? AllowanceOf(long perSecond, TimeProvider time) => perSecond == 0 ? null : new Allowance(perSecond, time.GetTimestamp());

    /// <summary>How long this client has to wait after what a pass took in; what it sends meanwhile waits in its own socket.</summary>
    private TimeSpan ChargePass(long bytes)
    {
        var packets = _packets;
        _packets = 0;
        if (_packetRate is null && _byteRate is null)
        {
            return TimeSpan.Zero;
        }

        var (forPackets, forBytes) = (_packetRate?.Charge(packets, _runtime.Time) ?? TimeSpan.Zero, _byteRate?.Charge(bytes, _runtime.Time) ?? TimeSpan.Zero);
        return forPackets > forBytes ? forPackets : forBytes;
    }

    private async ValueTask PaceAsync(TimeSpan wait)
    {
        _runtime.Metrics.Paced();
        _arrival.Stop();
        for (var left = wait; left > TimeSpan.Zero && !IsClosing; left -= Nap)
        {
            await Task.Delay(left < Nap ? left : Nap, _runtime.Time);
        }
    }
}
