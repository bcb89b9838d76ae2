using System.Net;
using System.Security.Cryptography.X509Certificates;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What a client shows when it connects. The password is not kept after the authenticator has answered.</summary>
public sealed class ConnectRequest
{
    /// <summary>The client's id; assigned by the server when the client sent none.</summary>
    public required string ClientId { get; init; }

    /// <summary>The client sent no id, and this one was made up for it.</summary>
    public bool IsAssignedId { get; init; }

    /// <summary>The user name, if one was sent.</summary>
    public string? UserName { get; init; }

    /// <summary>The password, if one was sent.</summary>
    public ReadOnlyMemory<byte>? Password { get; init; }

    /// <summary>The protocol.</summary>
    public MqttVersion Version { get; init; }

    /// <summary>The address, when known.</summary>
    public EndPoint? Remote { get; init; }

    /// <summary>The certificate that the client proved to own, where the listener asked for one and found it valid.</summary>
    public X509Certificate2? Certificate { get; init; }
}
