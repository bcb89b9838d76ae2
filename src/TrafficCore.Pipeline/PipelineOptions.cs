using System.ComponentModel.DataAnnotations;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Pipeline;

/// <summary>Sizes, times and places of the pipeline.</summary>
public sealed class PipelineOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string SectionName = "Pipeline";

    /// <summary>Directory that holds everything durable; made when it is missing, owned by one process at a time.</summary>
    [Required]
    public string DataDirectory { get; set; } = "";

    /// <summary>The directory is being filled by whoever opens it, and carries an <see cref="UnfinishedMark"/>; default false.</summary>
    public bool MayBeUnfinished { get; set; }

    /// <summary>
    /// Shards, default 1: one keeps up with a million readings a second on the reference machine, more are for memory locality.
    /// May change from start to start.
    /// </summary>
    [Range(1, 64)]
    public int Shards { get; set; } = 1;

    /// <summary>Window lengths, default one minute and a quarter of an hour: the granularity of signal control and of planning.</summary>
    [MinLength(1)]
    public IReadOnlyList<TimeSpan> WindowLengths { get; set; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(15)];

    /// <summary>How far behind its own watermark a reading may be, default 7 days: a week's outage of a cabinet can be back-filled.</summary>
    public TimeSpan Lateness { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Least time after which a silent detector no longer holds a window open, default 10 s: twice a usual 5 s interval.</summary>
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long an untouched hour of an intersection stays in memory, default 15 minutes: the longest default window.</summary>
    public TimeSpan InMemory { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long state is kept after it was last written, default 8 days: <see cref="Lateness"/> and a day.</summary>
    public TimeSpan HistoryKeep { get; set; } = TimeSpan.FromDays(8);

    /// <summary>How levels of service are judged.</summary>
    public ServiceRules Service { get; set; } = ServiceRules.Default;

    /// <summary>Time between snapshots, default 5 minutes: replaying 5 minutes at 20,000 readings/s takes a few seconds.</summary>
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// A snapshot is taken when late readings have made so many bytes of past pages dirty, default 64 MiB: what a disk of 100 MB/s writes in under a second.
    /// The present does not count: all of it changes within a minute, and a large city's is larger than this.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long SnapshotDirtyBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>How long raw readings stay in the input log, default 7 days: as long as they may be asked for again or exported.</summary>
    public TimeSpan InputKeep { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// Most bytes that the files of the input log take, default 64 GiB: plain, a week of 1,500 readings/s, packed, one of 10,000. What the kept
    /// snapshots need stays all the same.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long InputMaxBytes { get; set; } = 64L * 1024 * 1024 * 1024;

    /// <summary>How long outputs stay at least, default 8 days, so that an embedded store that was lost can be filled again for the revisable past.</summary>
    public TimeSpan OutputKeep { get; set; } = TimeSpan.FromDays(8);

    /// <summary>
    /// Most bytes that the files of the output log take, default 16 GiB: then the oldest go before <see cref="OutputKeep"/> has passed. What a sink
    /// has not delivered, or a kept snapshot needs, stays all the same.
    /// </summary>
    [Range(1, long.MaxValue)]
    public long OutputMaxBytes { get; set; } = 16L * 1024 * 1024 * 1024;

    /// <summary>
    /// Chunks (64 KiB) of outputs that may wait for the output writer, default 64; when full the shards wait (Wait): 4 MiB hide
    /// a sync of a second at a full replay's rate.
    /// </summary>
    [Range(1, 65536)]
    public int OutputQueue { get; set; } = 64;

    /// <summary>Least time between two commits of the output log, default 20 ms: the disk belongs to the input log first.</summary>
    public TimeSpan OutputCommitInterval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Sizes and times of the input log.</summary>
    public LogOptions InputLog { get; set; } = new() { Name = "input", Pack = true, Layouts = RecordLayouts.Input };

    /// <summary>Sizes of the output log.</summary>
    public LogOptions OutputLog { get; set; } = new() { Name = "output", Pack = true };

    /// <summary>Sizes of the log of state pages: never packed, since single pages are read from all over it.</summary>
    public LogOptions StateLog { get; set; } = new() { Name = "state" };
}
