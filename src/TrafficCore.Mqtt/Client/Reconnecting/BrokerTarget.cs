using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Which broker the next connection goes to: the configured one, unless one said to go elsewhere (5.0 section 4.13).</summary>
/// <remarks>Ownership: one loop.</remarks>
internal sealed class BrokerTarget
{
    // Two brokers that send clients to each other must not keep one running.
    private const int MaxHops = 5;

    private readonly MqttClientOptions _configured;
    private MqttClientOptions _home;
    private int _hops;

    public BrokerTarget(MqttClientOptions configured) => Current = _home = _configured = configured;

    public MqttClientOptions Current { get; private set; }

    /// <summary>Looks at how a connection or attempt ended; true: the next one goes elsewhere, and may do so at once.</summary>
    public bool Follow(MqttConnectionException? why, bool wasGood)
    {
        _hops = wasGood ? 0 : _hops;
        if (why?.Reason is not (ReasonCode.UseAnotherServer or ReasonCode.ServerMoved) || _hops >= MaxHops || !TryRead(why.ServerReference, out var host, out var port))
        {
            // Another server was for one connection. Where a broker is said to have moved to and nobody answers, the old address may know more.
            var isSilent = why?.Reason is null && !wasGood;
            _home = isSilent && ReferenceEquals(Current, _home) ? _configured : _home;
            Current = _home;
            return false;
        }

        _hops++;
        Current = Current with { Host = host, Port = port, Tls = Current.Tls is { } tls ? tls with { ServerName = null } : null };
        _home = why.Reason == ReasonCode.ServerMoved ? Current : _home;
        return true;
    }

    /// <summary>The first of a list of <c>host</c> or <c>host:port</c>, parted by spaces.</summary>
    private bool TryRead(string? reference, out string host, out int port)
    {
        var first = reference?.Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        (host, port) = ("", 0);
        if (first is null || !Uri.TryCreate("mqtt://" + first, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0)
        {
            return false;
        }

        (host, port) = (uri.IdnHost, uri.Port > 0 ? uri.Port : _configured.Port);
        return true;
    }
}
