using System.Net;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Who is at the other end of a connection. Immutable.</summary>
public sealed class ClientIdentity
{
    /// <summary>Creates an identity.</summary>
    public ClientIdentity(string clientId, string? userName, MqttVersion version, EndPoint? remote, object? credential = null)
    {
        Credential = credential;
        ClientId = clientId;
        UserName = userName;
        Version = version;
        Remote = remote;
    }

    /// <summary>The client's id, never empty.</summary>
    public string ClientId { get; }

    /// <summary>The name it was authenticated with; none when anonymous.</summary>
    public string? UserName { get; }

    /// <summary>The protocol it speaks.</summary>
    public MqttVersion Version { get; }

    /// <summary>Its address, when known.</summary>
    public EndPoint? Remote { get; }

    /// <summary>What the authenticator let it in with, for <see cref="IClientAccess.MayStay"/>; never a secret.</summary>
    public object? Credential { get; }
}
