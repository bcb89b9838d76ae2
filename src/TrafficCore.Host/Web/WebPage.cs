using System.Reflection;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace TrafficCore.Host.Web;

/// <summary><c>GET /</c>: the live page, and its parts under <c>/page/</c>.</summary>
/// <remarks>
/// Public: it holds no data. What it shows it asks of the API in the browser, as the one who has logged in there.
/// </remarks>
internal static class WebPage
{
    // Scripts, styles and requests of its own origin, nothing inline, no plugin, no frame; no text is ever parsed as HTML.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        + "require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Prefix = "page/";
    private const string Start = "index.html";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    public static void MapWebPage(this IEndpointRouteBuilder routes)
    {
        var program = Assembly.GetExecutingAssembly();
        foreach (var name in program.GetManifestResourceNames().Where(static name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var resource = WebResource.Load(program, name);
            routes.MapMethods(name == Prefix + Start ? "/" : "/" + name, Methods, (HttpContext context) => Answer(context, resource)).AllowAnonymous().ExcludeFromDescription();
        }
    }

    private static FileContentHttpResult Answer(HttpContext context, WebResource resource)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.CacheControl = "no-cache"; // asked for again each time, and answered with 304: after an update nobody has half of the page before
        headers.Vary = HeaderNames.AcceptEncoding;
        var body = resource.Plain;
        if (context.Request.GetTypedHeaders().AcceptEncoding.Any(static e => e.Value == "gzip" && e.Quality is not 0))
        {
            headers.ContentEncoding = "gzip";
            body = resource.Packed;
        }

        return TypedResults.Bytes(body.Content, resource.ContentType, entityTag: body.Tag);
    }
}
