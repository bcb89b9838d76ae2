using System.Net;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Certificates;
using TrafficCore.Host.Security.Passwords;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Security.Access;

/// <summary>Lets MQTT clients in by the deny list, then certificate or password, then the client id.</summary>
/// <remarks>Ownership: any thread. Nothing here waits on the caller's thread; a slow hash runs behind the gate.</remarks>
internal sealed class AccountAuthenticator(Func<SecuritySnapshot> current, PasswordGate gate, OpenTo open) : IClientAuthenticator
{
    // The same for a name that nobody has and for a wrong password.
    private const string Wrong = "The account or its password is wrong";

    /// <inheritdoc/>
    public async ValueTask<AuthenticationResult> AuthenticateAsync(ConnectRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        var now = current();
        var serial = request.Certificate?.SerialNumber;
        var address = (request.Remote as IPEndPoint)?.Address;
        if (now.Denied.Denies(address) || now.Denied.Denies(request.UserName, request.ClientId, serial))
        {
            return AuthenticationResult.Refuse(ReasonCode.Banned, "On the deny list");
        }

        if (now.Revoked.Contains(serial))
        {
            return AuthenticationResult.Refuse(ReasonCode.Banned, "The certificate was taken back");
        }

        if (request.Certificate is { } certificate)
        {
            return ByCertificate(now, request, CertificateName.Of(certificate), serial!);
        }

        if (IsOpenTo(request.Remote) && (request.UserName is null || now.Accounts.Count == 0))
        {
            return Admit(now, request, null, null);
        }

        if (request.UserName is null)
        {
            return AuthenticationResult.Refuse(ReasonCode.NotAuthorized, "Without an account nobody is let in here");
        }

        var account = now.Accounts.Find(request.UserName);
        return await gate.CheckAsync(request.UserName, account?.Password, request.Password ?? ReadOnlyMemory<byte>.Empty, address, ct) switch
        {
            PasswordAnswer.Right => Admit(now, request, account, null),
            PasswordAnswer.Busy => AuthenticationResult.Refuse(ReasonCode.ServerBusy, "Too many passwords wait to be checked"),
            _ => AuthenticationResult.Refuse(ReasonCode.BadUserNameOrPassword, Wrong),
        };
    }

    private bool IsOpenTo(EndPoint? remote) => open switch
    {
        OpenTo.Everybody => true,
        OpenTo.ThisMachine => remote is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address),
        _ => false,
    };

    // The certificate proves who it is; a name beside it must be the same one.
    private static AuthenticationResult ByCertificate(SecuritySnapshot now, ConnectRequest request, string? subject, string serial)
    {
        if (subject is null)
        {
            return AuthenticationResult.Refuse(ReasonCode.NotAuthorized, "The certificate's subject has not exactly one common name");
        }

        if (request.UserName is not null && request.UserName != subject)
        {
            return AuthenticationResult.Refuse(ReasonCode.BadUserNameOrPassword, "The certificate is another account's");
        }

        if (now.Denied.Denies(subject, null, null))
        {
            return AuthenticationResult.Refuse(ReasonCode.Banned, "On the deny list");
        }

        return now.Accounts.Find(subject) is { } account
            ? Admit(now, request, account, serial)
            : AuthenticationResult.Refuse(ReasonCode.NotAuthorized, "No account has the certificate's name");
    }

    private static AuthenticationResult Admit(SecuritySnapshot now, ConnectRequest request, Account? account, string? serial) =>
        request.IsAssignedId || now.Accounts.MayUseClientId(account, request.ClientId)
            ? AuthenticationResult.Accept(account?.Name, new ClientLogin(account?.Stamp, serial, request.IsAssignedId))
            : AuthenticationResult.Refuse(ReasonCode.ClientIdentifierNotValid, "The client id is not the account's: it begins with the account's name and : or /, or is listed in clientIds");
}
