using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrafficCore.Simulators.Cli;

/// <summary>Writes a report as the one JSON line that <c>--json</c> promises.</summary>
internal static class JsonLine
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The report on one line, camelCase, unknown values left out.</summary>
    public static string Of<T>(T report) => JsonSerializer.Serialize(report, Options);

    /// <summary>Reads such a line.</summary>
    /// <exception cref="JsonException">Not the report.</exception>
    public static T Read<T>(string line) => JsonSerializer.Deserialize<T>(line, Options) ?? throw new JsonException("null is not a report.");
}
