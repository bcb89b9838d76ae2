using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrafficCore.Host.Api;

/// <summary>How the API writes JSON: camel case, what is not known is absent, instants in UTC.</summary>
internal static class ApiJson
{
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.Converters.Add(new InstantConverter());
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
    }

    /// <summary>For what is written outside an answer: an event of the live feed, the last line of a program.</summary>
    public static JsonSerializerOptions Options { get; } = Make();

    /// <summary>A line of JSON as the API would answer, for the last line of a program.</summary>
    public static string Line<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <summary>The instant of Unix milliseconds.</summary>
    public static DateTimeOffset Instant(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds);

    /// <summary>The instant of Unix milliseconds; absent stays absent.</summary>
    public static DateTimeOffset? Instant(long? unixMilliseconds) => unixMilliseconds is { } known ? Instant(known) : null;

    /// <summary><c>2026-01-01T00:00:00Z</c>; a fraction appears only where there is one.</summary>
    public static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Three digits behind the point: what follows is noise of a division, not of a measurement.</summary>
    public static double? Round(double? value) => value is { } known ? Math.Round(known, 3, MidpointRounding.AwayFromZero) : null;

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        Configure(options);
        return options;
    }

    private sealed class InstantConverter : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => writer.WriteStringValue(Text(value));
    }
}
