using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Log;

/// <summary>Sizes and times of one log.</summary>
public sealed class LogOptions
{
    /// <summary>Name in metrics and messages: input, state, output, session.</summary>
    [Required]
    public string Name { get; set; } = "log";

    /// <summary>
    /// Bytes of records a segment file holds, default 64 MiB: small enough that retention by whole segments wastes
    /// little, large enough that a segment change (three syncs) is rare. A longer batch gets a longer segment.
    /// </summary>
    [Range(4096, 1 << 30)]
    public int SegmentBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of one append buffer, default 1 MiB: at 1.3 million readings/s and 32 bytes each a commit of 5 ms is a fifth of it.
    /// </summary>
    [Range(1024, 1 << 24)]
    public int BufferBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// Append buffers of a <see cref="GroupCommitLog"/>, default 8: one fills, one is written, the others may be held by the
    /// pipeline; more only hides a pipeline that is too slow.
    /// </summary>
    [Range(2, 256)]
    public int Buffers { get; set; } = 8;

    /// <summary>Longest wait from the first append to its commit, default 5 ms (10 ms if power matters more).</summary>
    public TimeSpan CommitInterval { get; set; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Burst rule: commit at once when so many acknowledgements wait, default 64, and ...</summary>
    [Range(1, int.MaxValue)]
    public int BurstAcks { get; set; } = 64;

    /// <summary>
    /// ... there are at least so many per waiting connection, default 8: then the senders' windows are probably full and
    /// waiting on would only idle them (10 connections, window 32: 29,000/s by timer alone, 480,000/s with the rule).
    /// </summary>
    [Range(1, int.MaxValue)]
    public int BurstAcksPerConnection { get; set; } = 8;

    /// <summary>First wait after the disk refused a new segment too, default 100 ms; doubles up to <see cref="RetryMaximum"/>.</summary>
    public TimeSpan RetryMinimum { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between attempts, default 5 s: an operator who made room sees it used at once.</summary>
    public TimeSpan RetryMaximum { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Pack segments that are written no more (docs/log-format.md), default false: readers that jump about in the log, as those of
    /// state pages do, would unpack a block for each record.
    /// </summary>
    public bool Pack { get; set; }

    /// <summary>How bodies are laid out, as far as packing profits from it; default: nothing is known.</summary>
    public IReadOnlyList<RecordLayout> Layouts { get; set; } = [];

    /// <summary>
    /// Share of one processor that hashing and packing may take, 1 to 100 percent, default 25: at some 30 MB/s for a whole one
    /// that is behind 200,000 readings/s, and a machine of two cores keeps the rest for devices.
    /// </summary>
    [Range(1, 100)]
    public int SealingCpuPercent { get; set; } = 25;

    /// <summary>Bytes of records in a block of a packed segment: tests want many blocks.</summary>
    internal int PackBlockBytes { get; set; } = SegmentPacker.BlockBytes;

    /// <summary>Zero-fill the next segment, and seal the finished, on the calling thread: tests need one order of operations.</summary>
    internal bool PrepareInline { get; set; }
}
