using TrafficCore.Host.Api;
using TrafficCore.Host.Security.Http;

namespace TrafficCore.Host.Security.Audit;

/// <summary>Writes every command, and every reading of the audit log itself, into the audit log.</summary>
internal static class AuditTrail
{
    // An id, a name and a line of text; a path may be as long as its request line.
    private const int MaxText = 512;

    private static readonly object DetailKey = new();

    /// <summary>Says what a request is about; shown beside method and path. No secret.</summary>
    public static void Describe(HttpContext context, string detail) => context.Items[DetailKey] = detail;

    public static void UseAuditTrail(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        if (!IsAudited(context.Request))
        {
            await next(context);
            return;
        }

        var audit = context.RequestServices.GetRequiredService<AuditLog>();
        if (!await audit.TryRecoverAsync())
        {
            await Problems.Unavailable("the audit log cannot be written; nothing was changed").ExecuteAsync(context);
            return;
        }

        // Before the answer leaves; a client that has gone gets none, and its action counts all the same.
        var isWritten = false;
        context.Response.OnStarting(() => OnceAsync(context.Response.StatusCode));
        context.Response.OnCompleted(() => OnceAsync(StatusCodes.Status499ClientClosedRequest));
        await next(context);

        Task OnceAsync(int status)
        {
            var task = isWritten ? Task.CompletedTask : WriteAsync(audit, context, status);
            isWritten = true;
            return task;
        }
    });

    private static Task WriteAsync(AuditLog audit, HttpContext context, int status)
    {
        var detail = context.Items[DetailKey] as string;
        if (detail is null && status is StatusCodes.Status401Unauthorized or StatusCodes.Status429TooManyRequests)
        {
            return Task.CompletedTask; // nobody, who has done nothing: who sends a million of these does not fill the disk
        }

        return audit.WriteAsync(
            Caller.Name(context, null), context.Connection.RemoteIpAddress?.ToString(), Cut($"{context.Request.Method} {context.Request.Path.Value}"),
            detail is null ? null : Cut(detail), status);
    }

    private static bool IsAudited(HttpRequest request) =>
        ForgeryGuard.IsUnsafe(request) || request.Path.StartsWithSegments("/api/v1/audit", StringComparison.OrdinalIgnoreCase);

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + "...";
}
