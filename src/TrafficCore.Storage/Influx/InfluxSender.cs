using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Influx;

/// <summary>One request, one outcome: speaks HTTP to InfluxDB and knows what its answers mean. Tries nothing twice.</summary>
/// <remarks>Ownership: the sink's loop.</remarks>
internal sealed class InfluxSender : IPointSender, IDisposable
{
    private readonly InfluxOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly Uri _write;
    private readonly MemoryStream _packed = new();

    public InfluxSender(InfluxOptions options, TimeProvider time, HttpMessageHandler? handler = null)
    {
        _options = options;
        _time = time;
        _write = InfluxRequests.Write(options);

        // The time limit is the linked token's, which knows the injected clock.
        _http = new HttpClient(handler ?? new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Task<SendOutcome> SendAsync(PointRange points, CancellationToken cancellation)
    {
        HttpRequestMessage request = new(HttpMethod.Post, _write) { Content = Content(points.Bytes) };
        return ExchangeAsync(request, cancellation);
    }

    /// <summary>Deletes the points of rows.</summary>
    public async Task<SendOutcome> DeleteAsync(IReadOnlyList<FlowRow> rows, CancellationToken cancellation)
    {
        foreach (HttpRequestMessage request in InfluxRequests.Deletes(_options, rows))
        {
            SendOutcome outcome = await ExchangeAsync(request, cancellation);
            if (outcome is { Result: SendResult.Retry, Status: 404 or 405 or 501 })
            {
                // InfluxDB 3 and VictoriaMetrics have no delete: waiting for one would hold up the points for ever.
                outcome = outcome with { Result = SendResult.Rejected };
            }

            if (outcome.Result != SendResult.Done)
            {
                return outcome;
            }
        }

        return SendOutcome.Done;
    }

    public void Dispose()
    {
        _http.Dispose();
        _packed.Dispose();
    }

    private ByteArrayContent Content(ReadOnlyMemory<byte> lines)
    {
        if (!_options.Gzip)
        {
            return new ByteArrayContent(lines.ToArray());
        }

        _packed.SetLength(0);
        using (GZipStream gzip = new(_packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(lines.Span);
        }

        return new ByteArrayContent(_packed.GetBuffer(), 0, (int)_packed.Length) { Headers = { ContentEncoding = { "gzip" } } };
    }

    private async Task<SendOutcome> ExchangeAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = new(_options.Timeout, _time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellation);
        try
        {
            request.Headers.Authorization = InfluxRequests.Authorization(_options.Api, _options.ReadToken());
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            string body = await ReadReasonAsync(response, either.Token);
            return Judge(response, body);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new SendOutcome(SendResult.Retry, $"no answer within {_options.Timeout}");
        }

        // The last two are about the token's file: it may not be read, or holds what cannot stand in a header.
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException or FormatException)
        {
            return new SendOutcome(SendResult.Retry, e.InnerException?.Message ?? e.Message);
        }
        finally
        {
            request.Dispose();
        }
    }

    private SendOutcome Judge(HttpResponseMessage response, string body)
    {
        int status = (int)response.StatusCode;
        string reason = $"{status} {InfluxErrors.Message(body)}".TrimEnd();
        return response.StatusCode switch
        {
            // InfluxQL answers 200 and puts the error into the body.
            HttpStatusCode.OK when body.Contains("\"error\"", StringComparison.Ordinal) => new SendOutcome(SendResult.Rejected, reason),
            _ when response.IsSuccessStatusCode => SendOutcome.Done,

            // 422: outside the bucket's retention. Both name content, which does not get better by waiting.
            HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity =>
                new SendOutcome(SendResult.Rejected, reason, Dropped: InfluxErrors.Dropped(body)),
            HttpStatusCode.RequestEntityTooLarge => new SendOutcome(SendResult.TooLarge, reason),

            // Everything else is about the server, the token or the bucket: an operator can put it right, so nothing is given up.
            _ => new SendOutcome(SendResult.Retry, reason, RetryAfter(response.Headers.RetryAfter), Status: status),
        };
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - _time.GetUtcNow() : null);

    private static async Task<string> ReadReasonAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        // An error body is a line or two; a proxy's error page must not fill the log.
        byte[] buffer = new byte[4096];
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        int length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}

/// <summary>Reads the errors of both generations: <c>{"error":"..."}</c> and <c>{"code":"...","message":"..."}</c>.</summary>
internal static class InfluxErrors
{
    public static string Message(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return Find(document.RootElement) ?? body.Trim();
        }
        catch (JsonException)
        {
            return body.Trim();
        }
    }

    /// <summary>The n of <c>partial write: ... dropped=n</c>.</summary>
    public static int? Dropped(string body)
    {
        const string Mark = "dropped=";
        int at = body.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        ReadOnlySpan<char> digits = body.AsSpan(at + Mark.Length);
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        return int.TryParse(end < 0 ? digits : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out int dropped) ? dropped : null;
    }

    private static string? Find(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Array)
        {
            return element.EnumerateArray().Select(Find).FirstOrDefault(found => found is not null);
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (string name in (string[])["message", "error"])
        {
            if (element.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String)
            {
                return text.GetString();
            }
        }

        return element.TryGetProperty("results", out JsonElement results) ? Find(results) : null;
    }
}
