using System.ComponentModel.DataAnnotations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Host.Configuration;

/// <summary>Section <c>Data</c>.</summary>
public sealed class DataSettings
{
    /// <summary>Everything that is kept lies here. Default <c>data</c> in the working directory.</summary>
    [Required]
    public string Directory { get; set; } = "data";
}

/// <summary>Section <c>Network</c>.</summary>
public sealed class NetworkSettings
{
    /// <summary>Road network file; watched while the service runs. Default: none.</summary>
    public string File { get; set; } = "";

    /// <summary>Whether devices that the file does not name are learnt. Default: only without a file.</summary>
    public bool? Open { get; set; }

    /// <summary>Learnt devices at most. Default 500,000: a megacity's detectors and controllers, at about 100 bytes each.</summary>
    [Range(0, 10_000_000)]
    public int MaxLearned { get; set; } = 500_000;

    /// <summary>
    /// Learnt devices of one intersection at most, so that who may speak for one does not take the room of all. Default 512: NTCIP 1202 numbers a controller's vehicle detectors from 1 to 255 at most,
    /// and as many pedestrian detectors; a cabinet has 64 or 128 inputs.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxLearnedPerIntersection { get; set; } = 512;

    /// <summary>Whether unknown devices are learnt, with the default resolved.</summary>
    public bool IsOpen => Open ?? File.Length == 0;
}

/// <summary>Section <c>Windows</c>.</summary>
public sealed class WindowsSettings : IValidatableObject
{
    /// <summary>Window lengths. Default 60 s and 15 min: what boards react to and what engineers report.</summary>
    public IReadOnlyList<TimeSpan> Length { get; set; } = [TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(900)];

    /// <summary>How far behind its own detector's watermark a reading may be. Default 7 d: a device that was away over a holiday.</summary>
    public TimeSpan Lateness { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long a silent detector can hold a window, at least. Default 10 s.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Hours of so much recent time stay in memory. Default 15 min.</summary>
    public TimeSpan InMemory { get; set; } = TimeSpan.FromMinutes(15);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Length.Count == 0)
        {
            yield return new ValidationResult("needs at least one length", [nameof(Length)]);
        }

        var wrong = Length.Where(l => l < TimeSpan.FromSeconds(1) || l > TimeSpan.FromDays(1) || l.Ticks % TimeSpan.TicksPerSecond != 0).ToList();
        foreach (var length in wrong)
        {
            yield return new ValidationResult($"{DurationText.Format(length)} is not whole seconds from 1s to 1d", [nameof(Length)]);
        }

        if (Length.Distinct().Count() != Length.Count)
        {
            yield return new ValidationResult("names a length twice", [nameof(Length)]);
        }

        // What the windows themselves ask for.
        if (Length.Count > 0 && wrong.Count == 0 && !WindowLengths.TryCreate(Length.Select(l => (long)l.TotalMilliseconds), out _, out var error))
        {
            yield return new ValidationResult(error, [nameof(Length)]);
        }
    }
}

/// <summary>Section <c>Pipeline</c>: sizes and times that scripts rarely touch.</summary>
public sealed class PipelineSettings
{
    /// <summary>Shards. Default 1: one keeps up with a million readings a second. May change from start to start.</summary>
    [Range(1, 64)]
    public int Shards { get; set; } = 1;

    /// <summary>Longest wait from a reading to its commit. Default 5 ms; 10 ms saves power.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:01")]
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Time between snapshots. Default 5 min: what a restart replays.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long raw readings stay in the log. Default 7 d.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan InputKeep { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Most bytes that the files of raw readings take. Default 64 GiB: packed, a week of 10,000 readings/s.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long InputMaxBytes { get; set; } = 64L << 30;

    /// <summary>How long outputs stay, so that a lost store can be filled again. Default 8 d.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan OutputKeep { get; set; } = TimeSpan.FromDays(8);

    /// <summary>Most bytes that the files of outputs take; what a sink has not delivered stays all the same. Default 16 GiB.</summary>
    [Range(1L << 20, long.MaxValue)]
    public long OutputMaxBytes { get; set; } = 16L << 30;

    /// <summary>Bytes of records in a segment file of each log. Default 64 MiB; a small disk wants less, since each log keeps two ready.</summary>
    [Range(1 << 20, 1 << 30)]
    public int SegmentBytes { get; set; } = 64 << 20;

    /// <summary>Whether segments of input and output that are written no more are packed. Default true: a fifth to a tenth of the room.</summary>
    public bool Pack { get; set; } = true;

    /// <summary>Share of one processor that hashing and packing may take for each log, percent. Default 25.</summary>
    [Range(1, 100)]
    public int SealingCpuPercent { get; set; } = 25;
}

/// <summary>Section <c>History</c>.</summary>
public sealed class HistorySettings
{
    /// <summary>How long state is kept since its last write, so that corrections stay exact. Default 8 d: Lateness and a day.</summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromDays(8);
}

/// <summary>Section <c>Ingest</c>.</summary>
public sealed class IngestSettings
{
    /// <summary>Older readings are rejected; <c>unlimited</c> for replays. Default 7 d.</summary>
    public TimeSpan? MaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Readings further ahead of the service's clock are rejected. Default 5 min: more than any clock drifts between syncs.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan MaxAhead { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A device whose clock is off by more is alarmed, until it is off by less than half. Default 2 s, beyond which events of one controller do not fit
    /// another's. Decides about no reading.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "1.00:00:00")]
    public TimeSpan MaxSkew { get; set; } = TimeSpan.FromSeconds(2);
}

/// <summary>Section <c>Http</c>.</summary>
public sealed class HttpSettings : IValidatableObject
{
    /// <summary>Port; 0 = any free port. Default 8080.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 8080;

    /// <summary>
    /// Address to listen on: an IP address of this machine, <c>localhost</c>, or <c>*</c> for all, over IPv6 and IPv4. Default 127.0.0.1, because the API speaks
    /// without TLS: what reaches further stands behind a proxy that has it.
    /// </summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>
    /// Everybody who reaches the listener may read without an account; commands need one. Default false: without accounts the listener serves this machine only,
    /// and that without any.
    /// </summary>
    public bool Anonymous { get; set; }

    /// <summary>Whether <c>/</c> answers with the live page. Default true: it shows nothing that the API would not tell the same caller.</summary>
    public bool Page { get; set; } = true;

    /// <summary>How long a login lasts when its user does nothing. Default 8 h: a shift.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SessionTime { get; set; } = TimeSpan.FromHours(8);

    /// <summary>
    /// Attempts to log in from one address (IPv6: one /64) in a minute. Default 10: a person mistypes a few times, and guessing through a list of ten thousand
    /// common passwords takes most of a day, in the audit log.
    /// </summary>
    [Range(1, 1_000_000)]
    public int LoginsPerMinute { get; set; } = 10;

    /// <summary>
    /// Names that the API is asked under, e.g. that of a proxy before it. Default: any; without accounts only <c>localhost</c>, <c>127.0.0.1</c> and <c>[::1]</c>, so that no page
    /// in a browser on this machine reaches it under a name of its own.
    /// </summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>
    /// Connections at one time. Default 500: a browser opens six, so eighty people with dashboards. More are closed at once; each may hold a request of
    /// 32 KiB and an answer that its client has not read yet.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 500;

    /// <summary>
    /// Connections of one address (IPv6: one /64); 127.0.0.1 and ::1 are not bound by it, so that neither health checks nor a proxy on this machine are locked out. Default 100: sixteen people
    /// with dashboards behind one address of an office, and a fifth of <see cref="MaxConnections"/>. More are closed at once and counted. 0: no limit, for a proxy on another machine.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxConnectionsPerAddress { get; set; } = 100;

    /// <summary>Where to listen.</summary>
    internal ListenPoint Listen => ListenPoint.TryParse(Address, Port, out var point) ? point : ListenPoint.Loopback(Port);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!ListenPoint.TryParse(Address, Port, out _))
        {
            yield return new ValidationResult($"\"{Address}\" {ListenPoint.Expected}", [nameof(Address)]);
        }
    }
}

/// <summary>Section <c>Telemetry</c>.</summary>
public sealed class TelemetrySettings
{
    /// <summary>OpenTelemetry collector, HTTP/protobuf, e.g. <c>http://collector:4318</c>. Default: none, nothing is exported.</summary>
    public Uri? OtlpEndpoint { get; set; }
}

/// <summary>Section <c>Stop</c>.</summary>
public sealed class StopSettings
{
    /// <summary>How long sinks may take to deliver what is left; the rest is delivered after the next start. Default 5 s: an outage of a
    /// database must not hold up a stop, and container engines kill after 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Flush { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long connections may take to close. Default 3 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan Connections { get; set; } = TimeSpan.FromSeconds(3);
}
