using TrafficCore.Mqtt.Client;

namespace TrafficCore.Simulators.Cli;

/// <summary>Where a broker is and who connects: <c>mqtt://[user:password@]host[:port]</c>, or with <c>mqtts</c>, <c>ws</c>, <c>wss</c>.</summary>
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

    /// <summary>How it is reached, when that is not plain MQTT over TCP.</summary>
    public MqttAddress? Address { get; init; }

    /// <summary>How an encrypted connection is checked; null: as the system does.</summary>
    public MqttTlsOptions? Tls { get; init; }

    /// <summary>Whether the connection is encrypted.</summary>
    public bool IsTls => Address is { IsTls: true };

    /// <summary>Reads an address; user and password may be percent-encoded.</summary>
    /// <exception cref="UsageException">The text is not such an address.</exception>
    public static BrokerAddress Parse(string text)
    {
        if (!MqttAddress.TryParse(text, out var address, out var error))
        {
            throw new UsageException($"A broker address {error}.");
        }

        return new BrokerAddress(address.Host, address.Port, address.UserName, address.Password) { Address = address.Scheme == "mqtt" ? null : address };
    }

    /// <summary>Options of a client that connects there.</summary>
    public MqttClientOptions Options(string clientId)
    {
        var options = new MqttClientOptions { Host = Host, Port = Port, UserName = User, Password = Password, ClientId = clientId };
        return Address is null ? options : options.At(Address, Tls);
    }

    /// <summary>The address without the password, fit for a log or a terminal.</summary>
    public override string ToString() => Address?.ToString() ?? $"mqtt://{(User is null ? "" : User + "@")}{Host}:{Port}";
}
