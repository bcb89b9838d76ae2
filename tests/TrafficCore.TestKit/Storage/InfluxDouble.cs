using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace TrafficCore.TestKit.Storage;

/// <summary>
/// A strict InfluxDB 2.x on loopback, by its documentation: it checks org, bucket, precision, token, gzip and every line, keeps the
/// points, and answers with the documented errors. Answers can be scripted for the next requests.
/// </summary>
/// <remarks>Ownership: one test; state is behind a lock, connections run beside it.</remarks>
public sealed partial class InfluxDouble : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly Dictionary<(string Series, long Timestamp), Dictionary<string, object>> points = [];
    private readonly Dictionary<(string Measurement, string Field), Type> types = [];
    private readonly ConcurrentQueue<Func<InfluxRequest, InfluxAnswer?>> script = new();

    /// <summary>Starts on a free port.</summary>
    public InfluxDouble() => listener.Start();

    /// <summary>Base address.</summary>
    public string Url => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>The one organisation.</summary>
    public string Org { get; init; } = "city";

    /// <summary>The one bucket.</summary>
    public string Bucket { get; init; } = "traffic";

    /// <summary>The one token.</summary>
    public string Token { get; set; } = "secret";

    /// <summary>Largest body after unpacking.</summary>
    public int MaxBody { get; init; } = 50 << 20;

    /// <summary>Answers in place of the double itself, what is not scripted; null is a connection closed without an answer.</summary>
    public Func<InfluxRequest, InfluxAnswer?>? Instead { get; init; }

    /// <summary>Requests so far, with the status each got.</summary>
    public ConcurrentQueue<(InfluxRequest Request, int Status)> Requests { get; } = new();

    /// <summary>Everything that is stored: fields by series and timestamp.</summary>
    public IReadOnlyDictionary<(string Series, long Timestamp), Dictionary<string, object>> Points
    {
        get
        {
            lock (gate)
            {
                return points.ToDictionary(point => point.Key, point => new Dictionary<string, object>(point.Value));
            }
        }
    }

    /// <summary>Begins to accept connections.</summary>
    public InfluxDouble Start()
    {
        _ = AcceptAsync();
        return this;
    }

    /// <summary>Gives the next request an answer of the test's own; null closes the connection without one.</summary>
    public void Next(Func<InfluxRequest, InfluxAnswer?> answer) => script.Enqueue(answer);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync().ConfigureAwait(false);
        listener.Dispose();
        stop.Dispose();
    }

    /// <summary>What the server would answer, without a script.</summary>
    public InfluxAnswer Answer(InfluxRequest request)
    {
        if (request.Headers.GetValueOrDefault("authorization") != $"Token {Token}")
        {
            return InfluxAnswer.Error(401, "unauthorized", "unauthorized access");
        }

        if (request.Query.GetValueOrDefault("org") != Org)
        {
            return InfluxAnswer.Error(404, "not found", $"organization name \"{request.Query.GetValueOrDefault("org")}\" not found");
        }

        if (request.Query.GetValueOrDefault("bucket") != Bucket)
        {
            return InfluxAnswer.Error(404, "not found", $"bucket \"{request.Query.GetValueOrDefault("bucket")}\" not found");
        }

        return (request.Method, request.Path) switch
        {
            ("POST", "/api/v2/write") => Write(request),
            ("POST", "/api/v2/delete") => Delete(request),
            _ => InfluxAnswer.Error(404, "not found", "path not found"),
        };
    }

    private InfluxAnswer Write(InfluxRequest request)
    {
        if (request.Query.GetValueOrDefault("precision") != "ms")
        {
            return InfluxAnswer.Error(400, "invalid", "invalid precision for this test");
        }

        try
        {
            byte[] content = request.Content();
            return content.Length > MaxBody
                ? InfluxAnswer.Error(413, "request too large", "cannot read data: points in batch is too large")
                : Store(LineProtocolParser.Parse(content));
        }
        catch (FormatException e)
        {
            return InfluxAnswer.Error(400, "invalid", $"unable to parse: {e.Message}");
        }
        catch (InvalidDataException e)
        {
            return InfluxAnswer.Error(400, "invalid", $"gzip: {e.Message}");
        }
    }

    /// <summary>Stores what fits the fields' types; the rest is refused and the answer is a partial write, which names no line.</summary>
    private InfluxAnswer Store(List<LinePoint> lines)
    {
        string? conflict = null;
        int dropped = 0;
        lock (gate)
        {
            foreach (LinePoint line in lines)
            {
                KeyValuePair<string, object> bad = line.Fields.FirstOrDefault(field =>
                    types.TryGetValue((line.Measurement, field.Key), out Type? type) && type != field.Value.GetType());
                if (bad.Key is not null)
                {
                    dropped++;
                    conflict = $"partial write: field type conflict: input field \"{bad.Key}\" on measurement \"{line.Measurement}\" is type "
                        + $"{bad.Value.GetType().Name}, already exists as type {types[(line.Measurement, bad.Key)].Name}";
                    continue;
                }

                StoreUnderLock(line);
            }
        }

        return conflict is null ? InfluxAnswer.NoContent : InfluxAnswer.Error(400, "invalid", $"{conflict} dropped={dropped}");
    }

    private void StoreUnderLock(LinePoint line)
    {
        if (!points.TryGetValue((line.Series, line.Timestamp), out Dictionary<string, object>? fields))
        {
            points.Add((line.Series, line.Timestamp), fields = []);
        }

        foreach ((string name, object value) in line.Fields)
        {
            types.TryAdd((line.Measurement, name), value.GetType());
            fields[name] = value;
        }
    }

    private InfluxAnswer Delete(InfluxRequest request)
    {
        using JsonDocument body = JsonDocument.Parse(request.Content());
        long start = body.RootElement.GetProperty("start").GetDateTimeOffset().ToUnixTimeMilliseconds();
        long stop = body.RootElement.GetProperty("stop").GetDateTimeOffset().ToUnixTimeMilliseconds();
        Dictionary<string, string> wanted = body.RootElement.GetProperty("predicate").GetString()!.Split(" AND ")
            .Select(part => Condition().Match(part)).ToDictionary(match => match.Groups[1].Value, match => match.Groups[2].Value);
        string measurement = wanted["_measurement"];
        wanted.Remove("_measurement");
        string series = measurement + string.Concat(wanted.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $",{tag.Key}={tag.Value}"));
        lock (gate)
        {
            foreach ((string Series, long Timestamp) key in points.Keys.Where(key => key.Series == series && key.Timestamp >= start && key.Timestamp <= stop).ToArray())
            {
                points.Remove(key);
            }
        }

        return InfluxAnswer.NoContent;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = ServeAsync(await listener.AcceptTcpClientAsync(stop.Token).ConfigureAwait(false));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        try
        {
            using TcpClient owned = client;
            NetworkStream stream = client.GetStream();
            while (await InfluxRequest.ReadAsync(stream).ConfigureAwait(false) is { } request)
            {
                // Sockets may complete on the thread that waits for all of them, as the service has it: an answer that waits for another server must not hold it.
                Func<InfluxRequest, InfluxAnswer?> answers = script.TryDequeue(out Func<InfluxRequest, InfluxAnswer?>? scripted) ? scripted : Instead ?? Answer;
                InfluxAnswer? answer = await Task.Run(() => answers(request)).ConfigureAwait(false);
                Requests.Enqueue((request, answer?.Status ?? 0));
                if (answer is null)
                {
                    return;
                }

                if (answer == InfluxAnswer.None)
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ConfigureAwait(false);
                }

                await stream.WriteAsync(answer.ToBytes()).ConfigureAwait(false);
                if (answer.CloseAfter is not null)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    [GeneratedRegex("^(\\w+)=\"(.*)\"$")]
    private static partial Regex Condition();
}

/// <summary>An answer of the double.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">Body.</param>
/// <param name="Headers">Further header lines.</param>
/// <param name="CloseAfter">Bytes after which the connection is closed, in the middle of the answer; null sends all of it.</param>
public sealed record InfluxAnswer(int Status, string Body = "", string[]? Headers = null, int? CloseAfter = null)
{
    /// <summary>204.</summary>
    public static InfluxAnswer NoContent { get; } = new(204);

    /// <summary>None at all: the connection stays open.</summary>
    public static InfluxAnswer None { get; } = new(0);

    /// <summary>An error as the 2.x interface writes it.</summary>
    public static InfluxAnswer Error(int status, string code, string message, params string[] headers) =>
        new(status, JsonSerializer.Serialize(new { code, message }), headers);

    internal byte[] ToBytes()
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status} X\r\n");
        if (Status != 204)
        {
            text.Append(CultureInfo.InvariantCulture, $"Content-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(Body)}\r\n");
        }

        foreach (string header in Headers ?? [])
        {
            text.Append(header).Append("\r\n");
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text.Append("\r\n").Append(Body).ToString());
        return CloseAfter is { } length ? bytes[..length] : bytes;
    }
}
