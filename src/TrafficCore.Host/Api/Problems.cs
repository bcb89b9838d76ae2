using System.Net;

namespace TrafficCore.Host.Api;

/// <summary>RFC 9457 problem details that name what is wrong.</summary>
internal static class Problems
{
    /// <summary>400: a parameter is wrong.</summary>
    public static IResult Parameter(string name, string message) => Fields(
        new Dictionary<string, string[]>(StringComparer.Ordinal) { [name] = [message] }, "A parameter is not valid.");

    /// <summary>400: fields are wrong, each with everything that is wrong with it.</summary>
    public static IResult Fields(IReadOnlyDictionary<string, string[]> errors, string title = "The message is not valid.") => TypedResults.ValidationProblem(
        errors, detail: string.Join("; ", errors.Select(e => $"{e.Key}: {string.Join(", ", e.Value)}")), title: title);

    /// <summary>What a sentence of the store says: it begins with the parameter, which a problem names in a field of its own.</summary>
    public static string Reason(string parameter, string detail) =>
        detail.StartsWith(parameter + ": ", StringComparison.Ordinal) ? detail[(parameter.Length + 2)..] : detail;

    /// <summary>404: nothing has this name.</summary>
    public static IResult Unknown(string field, string id) => TypedResults.Problem(
        detail: $"{field}: \"{id}\" is not known",
        statusCode: (int)HttpStatusCode.NotFound,
        title: "Not found.",
        extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["field"] = field });

    /// <summary>503: the service can not answer now.</summary>
    public static IResult Unavailable(string why) => TypedResults.Problem(
        detail: why, statusCode: (int)HttpStatusCode.ServiceUnavailable, title: "Not available now.");
}
