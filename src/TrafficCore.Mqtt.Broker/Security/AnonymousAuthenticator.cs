using System.Net;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Asks for no account and takes user names as they come.</summary>
/// <param name="isOpen">
/// True lets everyone in, for networks that are closed by other means. False lets in who is on this machine; a listener may reach further than MQTT is meant
/// to, such as an HTTP listener with WebSocket that others may read from.
/// </param>
public sealed class AnonymousAuthenticator(bool isOpen) : IClientAuthenticator
{
    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult(isOpen || IsOnThisMachine(request.Remote)
            ? AuthenticationResult.Accept(request.UserName)
            : AuthenticationResult.Refuse(ReasonCode.NotAuthorized));
    }

    // An address that is not known may be anybody's.
    private static bool IsOnThisMachine(EndPoint? remote) =>
        remote is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
