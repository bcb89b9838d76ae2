using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using TrafficCore.Host.Security.Accounts;

namespace TrafficCore.Host.Security.Http;

/// <summary>The cookie of a person who has logged in: what is in it, and when it counts no more.</summary>
internal static class LoginCookie
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = CookieAuthenticationDefaults.AuthenticationScheme;

    private const string StampClaim = "stamp";

    public static void Configure(CookieAuthenticationOptions options, TimeSpan lifetime, SecuritySource source)
    {
        options.Cookie.Name = "trafficcore";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;

        // The API speaks plain HTTP on loopback; behind a proxy with TLS the proxy's X-Forwarded-Proto is not believed, and adds Secure itself.
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = lifetime;
        options.SlidingExpiration = true;
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
        options.Events.OnValidatePrincipal = context => ValidateAsync(context, source);
    }

    public static ClaimsPrincipal PrincipalOf(Account account) => new(new ClaimsIdentity(
        [
            new(ClaimTypes.NameIdentifier, account.Name),
            new(ClaimTypes.Name, account.Name),
            new(ClaimTypes.Role, account.Role.ToString()),
            new(StampClaim, account.Stamp),
        ],
        SchemeName));

    // Each request is judged by the accounts as they are now: a changed password, role or deny list ends the login.
    private static async Task ValidateAsync(CookieValidatePrincipalContext context, SecuritySource source)
    {
        if (!Stands(context.Principal!, source.Current))
        {
            context.RejectPrincipal();
            await context.HttpContext.SignOutAsync(SchemeName);
        }
    }

    /// <summary>Whether the account is still as it was when its owner logged in.</summary>
    internal static bool Stands(ClaimsPrincipal user, SecuritySnapshot now)
    {
        var name = user.Identity!.Name!;
        return now.Accounts.Find(name)?.Stamp == user.FindFirstValue(StampClaim) && !now.Denied.Denies(name, null, null);
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
