namespace TrafficCore.Host.Api;

/// <summary>Who asks: the one place that knows where an identity comes from.</summary>
internal static class Caller
{
    /// <summary>The name that the caller has proved; without authentication the name that the request gives, which nobody has checked.</summary>
    public static string? Name(HttpContext context, string? claimed) =>
        context.User.Identity is { IsAuthenticated: true, Name: { } name } ? name : string.IsNullOrWhiteSpace(claimed) ? null : claimed.Trim();
}
