using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Influx;

/// <summary>What requests look like in each generation of the interface.</summary>
internal static class InfluxRequests
{
    // Deletes of one request. InfluxQL takes several statements at once; longer texts gain nothing.
    private const int StatementsPerRequest = 200;

    public static Uri Write(InfluxOptions options) => options.Api == InfluxApi.V1
        ? Address(options, $"write?db={Escape(options.Bucket)}&precision=ms")
        : Address(options, $"api/v2/write?org={Escape(options.Org)}&bucket={Escape(options.Bucket)}&precision=ms");

    public static AuthenticationHeaderValue? Authorization(InfluxApi api, string token) =>
        token.Length == 0 ? null
        : api == InfluxApi.V1 ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(token)))
        : new AuthenticationHeaderValue("Token", token);

    /// <summary>Requests that delete the points of rows.</summary>
    public static IEnumerable<HttpRequestMessage> Deletes(InfluxOptions options, IReadOnlyList<FlowRow> rows) => options.Api == InfluxApi.V1
        ? rows.Chunk(StatementsPerRequest).Select(chunk => DeleteV1(options, chunk))
        : rows.Select(row => DeleteV2(options, row));

    private static HttpRequestMessage DeleteV1(InfluxOptions options, FlowRow[] rows)
    {
        StringBuilder statements = new();
        foreach (FlowRow row in rows)
        {
            statements.Append("DELETE FROM \"").Append(Encoding.UTF8.GetString(FlowLines.Measurement(row.Level))).Append('"');
            string separator = " WHERE ";
            foreach ((string tag, string value) in Tags(row))
            {
                statements.Append(separator).Append('"').Append(tag).Append("\" = '")
                    .Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)).Append('\'');
                separator = " AND ";
            }

            statements.Append(CultureInfo.InvariantCulture, $" AND time = {row.Start}ms;");
        }

        return new HttpRequestMessage(HttpMethod.Post, Address(options, $"query?db={Escape(options.Bucket)}"))
        {
            Content = new FormUrlEncodedContent([new KeyValuePair<string, string>("q", statements.ToString())]),
        };
    }

    private static HttpRequestMessage DeleteV2(InfluxOptions options, FlowRow row)
    {
        string predicate = $"_measurement=\"{Encoding.UTF8.GetString(FlowLines.Measurement(row.Level))}\""
            + string.Concat(Tags(row).Select(tag =>
                $" AND {tag.Name}=\"{tag.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\""));

        // Start and stop are both inclusive there; the next point of the series is a whole window away.
        using MemoryStream body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteString("start", Rfc3339(row.Start));
            json.WriteString("stop", Rfc3339(row.Start + 1));
            json.WriteString("predicate", predicate);
            json.WriteEndObject();
        }

        return new HttpRequestMessage(HttpMethod.Post, Address(options, $"api/v2/delete?org={Escape(options.Org)}&bucket={Escape(options.Bucket)}"))
        {
            Content = new ByteArrayContent(body.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
    }

    private static (string Name, string Value)[] Tags(FlowRow row)
    {
        (string, string) intersection = ("intersection", row.Intersection);
        (string, string) window = ("window", FlowWindow.Name(row.Length));
        return row.Level switch
        {
            FlowLevel.Detector => [intersection, ("detector", row.Id), window],
            FlowLevel.Approach => [intersection, ("approach", row.Id), window],
            _ => [intersection, window],
        };
    }

    private static string Rfc3339(long unixMs) =>
        DateTimeOffset.FromUnixTimeMilliseconds(unixMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    private static Uri Address(InfluxOptions options, string relative) => new(new Uri(options.Url.TrimEnd('/') + "/"), relative);

    private static string Escape(string value) => Uri.EscapeDataString(value);
}
