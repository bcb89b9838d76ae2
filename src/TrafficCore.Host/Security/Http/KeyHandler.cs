using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using TrafficCore.Host.Security.Accounts;

namespace TrafficCore.Host.Security.Http;

/// <summary>Recognises programs by <c>Authorization: Bearer tck_...</c>.</summary>
internal sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SecuritySource source)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "key";

    private const string Bearer = "Bearer ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count != 1 || header[0] is not { } text || !text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        return Task.FromResult(Find(text, source.Current, TimeProvider.GetUtcNow()) is { } key
            ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(Identity(key)), Scheme.Name))
            : AuthenticateResult.Fail("The key is not known, or its time is over."));
    }

    /// <summary>The key of an <c>Authorization: Bearer</c> header; null when it is not known, or opens nothing any more.</summary>
    internal static ApiKey? Find(string header, SecuritySnapshot now, DateTimeOffset at) =>
        ApiKey.TrySplit(header[Bearer.Length..].Trim(), out var id, out var secret) && now.Accounts.FindKey(id) is { } key && key.Matches(secret, at) ? key : null;

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        // No Basic: browsers would keep a password and send it with every request, from every page.
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer";
        return Task.CompletedTask;
    }

    private ClaimsIdentity Identity(ApiKey key)
    {
        var name = $"key {key.Id} ({key.Purpose})";
        Claim role = key.Scope switch
        {
            KeyScope.Read => new(ClaimTypes.Role, nameof(AccountRole.Viewer)),
            KeyScope.Operate => new(ClaimTypes.Role, nameof(AccountRole.Operator)),
            KeyScope.Administer => new(ClaimTypes.Role, nameof(AccountRole.Admin)),
            _ => new(HttpRoles.MetricsOnly, "true"),
        };
        return new ClaimsIdentity([new(ClaimTypes.Name, name.Length <= Api.BoardCommandReader.MaxAuthor ? name : name[..Api.BoardCommandReader.MaxAuthor]), role], Scheme.Name);
    }
}
