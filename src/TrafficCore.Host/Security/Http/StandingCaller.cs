using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using TrafficCore.Host.Security.Accounts;

namespace TrafficCore.Host.Security.Http;

/// <summary>Who asked for an answer that goes on for long. A request is judged once, when it comes; this tells whether it would still be let in.</summary>
/// <remarks>Immutable, any thread: it keeps what it needs of the request, not the request.</remarks>
internal sealed class StandingCaller
{
    private readonly ClaimsPrincipal user;
    private readonly IPAddress? address;
    private readonly string key;
    private readonly DateTimeOffset? expires;

    /// <summary>The caller of a request that was let in.</summary>
    public StandingCaller(HttpContext context)
    {
        (user, address) = (context.User, context.Connection.RemoteIpAddress);
        key = context.Request.Headers.Authorization.ToString();
        expires = context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Properties?.ExpiresUtc;
    }

    /// <summary>The account of a person who has logged in; null for keys, and for who needs no account.</summary>
    public string? Account => IsLogin ? user.Identity!.Name : null;

    private bool IsLogin => user.Identity?.AuthenticationType == LoginCookie.SchemeName;

    /// <summary>Whether it may still read.</summary>
    public bool Stands(SecuritySnapshot now, DateTimeOffset at) => !now.Denied.Denies(address) && user.Identity?.AuthenticationType switch
    {
        LoginCookie.SchemeName => (expires is null || at < expires) && LoginCookie.Stands(user, now),
        KeyHandler.SchemeName => KeyHandler.Find(key, now, at) is { Scope: >= KeyScope.Read },
        _ => true, // the listener is open to readers; that takes a restart to change
    };
}
