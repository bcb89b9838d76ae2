using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Decides who may connect.</summary>
public interface IClientAuthenticator
{
    /// <summary>
    /// Judges a CONNECT. Slow work must be awaited, never waited for: the caller may be an I/O thread. The token is cancelled when the client has gone meanwhile.
    /// </summary>
    ValueTask<AuthenticationResult> AuthenticateAsync(ConnectRequest request, CancellationToken ct);
}

/// <summary>The answer of an authenticator.</summary>
/// <param name="Reason">Success, or why not.</param>
/// <param name="UserName">The account that later access decisions are made for; none when anonymous.</param>
/// <param name="Credential">What <see cref="IClientAccess.MayStay"/> needs to know of how it was let in; never a secret.</param>
/// <param name="Detail">Why not, for the log of the service; the client is told the reason alone.</param>
public readonly record struct AuthenticationResult(ReasonCode Reason, string? UserName, object? Credential = null, string? Detail = null)
{
    /// <summary>The client may connect.</summary>
    public bool IsAccepted => Reason == ReasonCode.Success;

    /// <summary>Accepts as an account.</summary>
    public static AuthenticationResult Accept(string? userName, object? credential = null) => new(ReasonCode.Success, userName, credential);

    /// <summary>Refuses with a reason code that CONNACK may carry.</summary>
    public static AuthenticationResult Refuse(ReasonCode reason, string? detail = null) => new(reason, null, null, detail);
}
