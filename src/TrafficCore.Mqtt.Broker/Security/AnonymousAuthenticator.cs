namespace TrafficCore.Mqtt.Broker;

/// <summary>Lets everyone in, as nobody, whatever name they give: for loopback and for networks that are closed by other means.</summary>
public sealed class AnonymousAuthenticator : IClientAuthenticator
{
    /// <inheritdoc/>
    public ValueTask<AuthenticationResult> AuthenticateAsync(ConnectRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ValueTask.FromResult(AuthenticationResult.Accept(null));
    }
}
