using TrafficCore.Mqtt.Client;

namespace TrafficCore.Simulators.Cli;

/// <summary>Where a broker is, how it is reached and who connects: <c>mqtt://[user:password@]host[:port]</c>, <c>mqtts://</c>, <c>ws://</c> or <c>wss://</c>.</summary>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port.</param>
/// <param name="User">User name, or null for an anonymous connection.</param>
/// <param name="Password">Password, or null.</param>
internal sealed record BrokerAddress(string Host, int Port, string? User = null, string? Password = null)
{
    /// <summary>The port that IANA registered for MQTT over TCP.</summary>
    public const int DefaultPort = 1883;

    /// <summary>The broker that is meant when none is named: the service with its defaults on this machine.</summary>
    public static readonly BrokerAddress Local = new("127.0.0.1", DefaultPort);

    /// <summary>How TLS is spoken; null for an address without it.</summary>
    public MqttTlsOptions? Tls { get; init; }

    /// <summary>Path of a WebSocket; null for plain TCP or TLS.</summary>
    public string? WebSocketPath { get; init; }

    /// <summary>Reads an address; user and password may be percent-encoded.</summary>
    /// <exception cref="UsageException">The text is not such an address; the message does not repeat it, since it may hold a password.</exception>
    public static BrokerAddress Parse(string text) => MqttAddress.TryParse(text, out var address, out var error)
        ? new BrokerAddress(address.Host, address.Port, address.UserName, address.Password)
        {
            Tls = address.IsTls ? new MqttTlsOptions() : null,
            WebSocketPath = address.WebSocketPath,
        }
        : throw new UsageException($"The broker address {error}.");

    /// <summary>Options of a client that connects there; what else it needs is set with <c>with</c>.</summary>
    public MqttClientOptions As(string clientId) => new()
    {
        Host = Host,
        Port = Port,
        UserName = User,
        Password = Password,
        Tls = Tls,
        WebSocketPath = WebSocketPath,
        ClientId = clientId,
    };

    /// <summary>The address without the password, fit for a log or a terminal.</summary>
    public override string ToString()
    {
        var scheme = (WebSocketPath, Tls) switch
        {
            (null, null) => "mqtt",
            (null, _) => "mqtts",
            (_, null) => "ws",
            _ => "wss",
        };
        return $"{scheme}://{(User is null ? "" : User + "@")}{Host}:{Port}{WebSocketPath}";
    }
}
