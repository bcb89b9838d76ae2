using Microsoft.AspNetCore.Antiforgery;
using TrafficCore.Host.Api;

namespace TrafficCore.Host.Security.Http;

/// <summary>Keeps other sites from commanding through somebody's browser.</summary>
internal static class ForgeryGuard
{
    /// <summary>Where a logged-in browser puts the token that its page got.</summary>
    public const string HeaderName = "X-CSRF-TOKEN";

    /// <summary>The method changes something.</summary>
    public static bool IsUnsafe(HttpRequest request) =>
        !HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !HttpMethods.IsOptions(request.Method) && !HttpMethods.IsTrace(request.Method);

    public static void UseForgeryGuard(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (IsUnsafe(context.Request) && await ProblemAsync(context) is { } problem)
        {
            await Problems.Refused(problem).ExecuteAsync(context);
            return;
        }

        await next(context);
    });

    private static async ValueTask<string?> ProblemAsync(HttpContext context)
    {
        // Browsers say where a request comes from (Fetch Metadata), also where nobody has logged in; programs do not.
        if (context.Request.Headers["Sec-Fetch-Site"] is [{ } site] && site is not ("same-origin" or "none"))
        {
            return "the request comes from another site";
        }

        // A key is not sent by itself, as a cookie is.
        return context.User.Identity?.AuthenticationType == LoginCookie.SchemeName
            && !await context.RequestServices.GetRequiredService<IAntiforgery>().IsRequestValidAsync(context)
            ? $"the header {HeaderName} is not the token of this login; GET /api/v1/session tells it"
            : null;
    }
}
