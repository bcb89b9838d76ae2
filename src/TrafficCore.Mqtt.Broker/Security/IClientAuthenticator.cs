using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Decides who may connect.</summary>
public interface IClientAuthenticator
{
    /// <summary>Judges a CONNECT. Slow work must be awaited, never waited for: the caller may be an I/O thread.</summary>
    ValueTask<AuthenticationResult> AuthenticateAsync(ConnectRequest request, CancellationToken ct);
}

/// <summary>The answer of an authenticator.</summary>
/// <param name="Reason">Success, or why not.</param>
/// <param name="UserName">The account that later access decisions are made for; none when anonymous.</param>
public readonly record struct AuthenticationResult(ReasonCode Reason, string? UserName)
{
    /// <summary>The client may connect.</summary>
    public bool IsAccepted => Reason == ReasonCode.Success;

    /// <summary>Accepts as an account.</summary>
    public static AuthenticationResult Accept(string? userName) => new(ReasonCode.Success, userName);

    /// <summary>Refuses with a reason code that CONNACK may carry.</summary>
    public static AuthenticationResult Refuse(ReasonCode reason) => new(reason, null);
}
