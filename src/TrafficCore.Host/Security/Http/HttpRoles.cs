using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using TrafficCore.Host.Security.Accounts;

namespace TrafficCore.Host.Security.Http;

/// <summary>Names of the policies that endpoints ask for. An endpoint that names none is open to readers only.</summary>
internal static class HttpRoles
{
    public const string Operator = "operator";
    public const string Admin = "admin";

    /// <summary>Readers, and keys that were made for this alone.</summary>
    public const string Metrics = "metrics";

    /// <summary>Claim of a key that opens the metrics alone.</summary>
    public const string MetricsOnly = "metrics-only";

    /// <summary>The role of a caller; none when it has none that counts here.</summary>
    public static AccountRole? Of(ClaimsPrincipal user) =>
        user.Identity is { IsAuthenticated: true } && Enum.TryParse<AccountRole>(user.FindFirstValue(ClaimTypes.Role), out var role) ? role : null;

    public static void Configure(AuthorizationOptions options)
    {
        options.FallbackPolicy = Policy(AccountRole.Viewer);
        options.AddPolicy(Operator, Policy(AccountRole.Operator));
        options.AddPolicy(Admin, Policy(AccountRole.Admin));
        options.AddPolicy(Metrics, new AuthorizationPolicyBuilder().AddRequirements(new RoleRequirement(AccountRole.Viewer, true)).Build());
    }

    private static AuthorizationPolicy Policy(AccountRole least) => new AuthorizationPolicyBuilder().AddRequirements(new RoleRequirement(least, false)).Build();
}

/// <summary>The least role that may do it.</summary>
/// <param name="Least">A role of people; those above it may as well.</param>
/// <param name="AllowsMetricsKeys">So may a key for the metrics.</param>
internal sealed record RoleRequirement(AccountRole Least, bool AllowsMetricsKeys) : IAuthorizationRequirement;

/// <summary>Judges a caller by its role; nobody in particular by what the listener is open to.</summary>
/// <param name="open">What callers without an account may; null: nothing.</param>
internal sealed class RoleHandler(AccountRole? open) : AuthorizationHandler<RoleRequirement>
{
    protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, RoleRequirement requirement)
    {
        var isKnown = context.User.Identity is { IsAuthenticated: true };
        if ((isKnown ? HttpRoles.Of(context.User) : open) is { } role && role >= requirement.Least)
        {
            context.Succeed(requirement);
        }
        else if (requirement.AllowsMetricsKeys && context.User.HasClaim(HttpRoles.MetricsOnly, "true"))
        {
            context.Succeed(requirement);
        }

        return Task.CompletedTask;
    }
}
