using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Api;

/// <summary>
/// Refuses a query parameter that the endpoint does not know, that is empty, or that is there twice where the endpoint takes one: a misspelt <c>from</c> would
/// silently mean the default.
/// </summary>
internal static class StrictQuery
{
    public static EndpointFilterDelegate Create(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        var parameters = endpoint.MethodInfo.GetParameters();
        string[] many = [.. parameters.Where(p => p.ParameterType == typeof(string[])).Select(p => p.Name!)];
        string[] known = [.. many, .. parameters.Where(p => p.ParameterType == typeof(string) || p.ParameterType == typeof(int?)).Select(p => p.Name!)];
        return call => Problem(call.HttpContext.Request, known, many) is { } problem ? ValueTask.FromResult<object?>(problem) : next(call);
    }

    private static IResult? Problem(HttpRequest request, string[] handled, string[] many)
    {
        string[] known = [.. handled.Where(name => !request.RouteValues.ContainsKey(name))];
        foreach (var (name, values) in request.Query)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return Problems.Parameter(name, known.Length == 0
                    ? "is not a parameter; there are none here"
                    : $"is not a parameter; the nearest is {NearestKey.Find(name, known)}");
            }

            if (values.Count != 1 && !many.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return Problems.Parameter(name, "is given more than once");
            }

            if (values.Any(string.IsNullOrEmpty))
            {
                return Problems.Parameter(name, "is empty");
            }
        }

        return null;
    }
}
