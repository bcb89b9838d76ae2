using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Storage.Influx;

/// <summary>How points are written.</summary>
public enum InfluxApi
{
    /// <summary><c>/api/v2/write</c>: InfluxDB 2.x and 3.x, VictoriaMetrics.</summary>
    V2,

    /// <summary><c>/write</c>: InfluxDB 1.x.</summary>
    V1,
}

/// <summary>Delivery to InfluxDB. Off until <see cref="Url"/> is set.</summary>
public sealed class InfluxOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Influx";

    /// <summary>Base address, e.g. <c>http://influx:8086</c>; empty: no delivery.</summary>
    public string Url { get; set; } = "";

    /// <summary>Which write interface. Default v2.</summary>
    public InfluxApi Api { get; set; } = InfluxApi.V2;

    /// <summary>Organisation (v2 only).</summary>
    public string Org { get; set; } = "";

    /// <summary>Bucket; for v1 the database. Default <c>traffic</c>.</summary>
    [Required]
    public string Bucket { get; set; } = "traffic";

    /// <summary>API token; for v1 <c>user:password</c>. Empty: none is sent.</summary>
    public string Token { get; set; } = "";

    /// <summary>
    /// File that holds the token instead, as containers hand out secrets; white space around it does not count. Default empty: none. It is read for each
    /// request, so a new token needs no restart; a file that cannot be read holds delivery up until it can.
    /// </summary>
    public string TokenFile { get; set; } = "";

    /// <summary>Points in one request at most. Default 5,000, what InfluxDB's own guide recommends.</summary>
    [Range(1, 100_000)]
    public int BatchPoints { get; set; } = 5_000;

    /// <summary>How long points are collected before a smaller batch is sent. Default 1 s: dashboards refresh no faster.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan BatchDelay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Time for one request. Default 30 s, three times what a loaded server needs for 5,000 points.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "01:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>First wait after a failure; doubles up to <see cref="MaxRetryDelay"/>, each wait jittered down to half. Default 500 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest own wait between attempts. Default 30 s: a database that is back is noticed within half a minute.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Longest <c>Retry-After</c> that is obeyed. Default 10 min; a longer one is asked again after that.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan MaxRetryAfter { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Compress requests. Default true: line protocol shrinks to about a tenth.</summary>
    public bool Gzip { get; set; } = true;

    /// <summary>Delete a point before a revision that makes one of its fields unknown is written. Default true; turn it off for InfluxDB 3,
    /// which has no delete.</summary>
    public bool DeleteBeforeRewrite { get; set; } = true;

    /// <summary>Bytes of refused points kept, with the server's reason; the older half is dropped and counted. Default 64 MiB.</summary>
    [Range(4096, long.MaxValue)]
    public long DeadLetterBytes { get; set; } = 64L << 20;

    /// <summary>Recent points whose fields are remembered exactly, to see that a revision makes one unknown. Default 1,048,576 (8 MiB).</summary>
    [Range(1024, 1 << 28)]
    public int RememberedPoints { get; set; } = 1 << 20;

    /// <summary>Output held for this sink, in bytes, at most; beyond it the log may let go of the oldest, and it is refilled from the embedded store when the
    /// server is back. Default 0: 20 % of the disk that <c>Data:Directory</c> is on, so that a database that is away for weeks does not stop the service.</summary>
    [Range(0, long.MaxValue)]
    public long MaxBacklog { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (TokenFile.Length == 0)
        {
            yield break;
        }

        if (Token.Length > 0)
        {
            yield return new ValidationResult("is there, and so is Influx:Token: only one of them can be meant", [nameof(TokenFile)]);
        }

        if (TokenFileError() is { } error)
        {
            yield return new ValidationResult(error, [nameof(TokenFile)]);
        }
    }

    /// <summary>The token now; empty: none.</summary>
    /// <exception cref="IOException">The file is not there, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    internal string ReadToken() => TokenFile.Length == 0 ? Token : File.ReadAllText(TokenFile).Trim();

    private string? TokenFileError()
    {
        try
        {
            string token = ReadToken();
            return token.Length == 0 ? $"{TokenFile} is empty" : token.AsSpan().ContainsAny('\r', '\n') ? $"{TokenFile} has more than one line" : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return e.Message;
        }
    }
}
