using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Mvc;
using TrafficCore.Host.Api;
using TrafficCore.Host.Live;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Audit;
using TrafficCore.Host.Security.Passwords;

namespace TrafficCore.Host.Security.Http;

/// <summary>Who is logged in.</summary>
/// <param name="Name">The account, or the key.</param>
/// <param name="Role">viewer, operator or admin.</param>
/// <param name="CsrfToken">What commands of this login carry in <c>X-CSRF-TOKEN</c>; none for a key.</param>
internal sealed record SessionAnswer(string Name, string? Role, string? CsrfToken);

/// <summary><c>POST</c>, <c>GET</c> and <c>DELETE /api/v1/session</c>: log in, who am I, log out.</summary>
internal static class SessionEndpoints
{
    public static void MapSession(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/api/v1/session").WithTags("session").AllowAnonymous();
        group.MapPost("", LoginAsync).WithSummary("Logs in with name and password; sets a cookie")
            .Produces<SessionAnswer>().ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status429TooManyRequests);
        group.MapGet("", Who).WithSummary("Who is logged in, and the token that commands carry")
            .Produces<SessionAnswer>().ProducesProblem(StatusCodes.Status401Unauthorized);
        group.MapDelete("", (Delegate)LogoutAsync).WithSummary("Logs out").Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> LoginAsync(
        [FromBody] JsonElement body, HttpContext context, [FromServices] SecurityService security, [FromServices] LoginRate rate, CancellationToken cancellation)
    {
        if (!rate.TryTake(context.Connection.RemoteIpAddress))
        {
            context.Response.Headers.RetryAfter = "60";
            return TypedResults.Problem(detail: "too many attempts from this address", statusCode: StatusCodes.Status429TooManyRequests, title: "Try again later.");
        }

        if (Text(body, "name") is not { } name || Text(body, "password") is not { } password)
        {
            return Problems.Parameter("body", "must be an object with name and password");
        }

        var now = security.Source.Current;
        var account = now.Accounts.Find(name);
        AuditTrail.Describe(context, $"log in as {(account is null ? "nobody known" : name)}");

        // Devices have no business here, and are told what a wrong password is told.
        var mayLogin = account is { Role: > AccountRole.Device } && !now.Denied.Denies(name, null, null);
        var answer = await security.Passwords.CheckAsync(name, mayLogin ? account!.Password : null, Encoding.UTF8.GetBytes(password), context.Connection.RemoteIpAddress, cancellation);
        if (answer == PasswordAnswer.Busy)
        {
            return Problems.Unavailable("too many passwords wait to be checked");
        }

        if (answer == PasswordAnswer.Wrong)
        {
            return TypedResults.Problem(detail: "the account or its password is wrong", statusCode: StatusCodes.Status401Unauthorized, title: "Not logged in.");
        }

        var principal = LoginCookie.PrincipalOf(account!);
        await context.SignInAsync(LoginCookie.SchemeName, principal);
        context.User = principal; // the token belongs to who is logged in from here on
        return TypedResults.Ok(Answer(context));
    }

    private static IResult Who(HttpContext context) => context.User.Identity is { IsAuthenticated: true }
        ? TypedResults.Ok(Answer(context))
        : TypedResults.Problem(detail: "nobody is logged in", statusCode: StatusCodes.Status401Unauthorized, title: "Not logged in.");

    private static async Task<IResult> LogoutAsync(HttpContext context)
    {
        await context.SignOutAsync(LoginCookie.SchemeName);
        if (context.User.Identity is { IsAuthenticated: true, Name: { } name })
        {
            context.RequestServices.GetRequiredService<LiveFeed>().EndStreamsOf(name);
        }

        return TypedResults.NoContent();
    }

    private static SessionAnswer Answer(HttpContext context) => new(
        context.User.Identity!.Name!,
        HttpRoles.Of(context.User)?.ToString().ToLowerInvariant(),
        context.User.Identity.AuthenticationType == LoginCookie.SchemeName
            ? context.RequestServices.GetRequiredService<IAntiforgery>().GetAndStoreTokens(context).RequestToken
            : null);

    private static string? Text(JsonElement body, string name)
    {
        try
        {
            return body.ValueKind == JsonValueKind.Object && body.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half a surrogate pair
        }
    }
}
