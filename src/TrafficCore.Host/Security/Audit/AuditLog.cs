using System.Globalization;
using System.Text;
using System.Text.Json;
using TrafficCore.Log;

namespace TrafficCore.Host.Security.Audit;

/// <summary>The audit log: one JSON object a line, one file a day, each entry on disk before its request is answered.</summary>
/// <remarks>
/// Ownership: any thread; one gate orders the writers, and readers open the files themselves. What could not be written waits, at most <see cref="MaxWaiting"/> entries, and while anything
/// waits the log says so (<see cref="TryRecoverAsync"/>) and commands are refused: nothing is done that leaves no trace.
/// </remarks>
internal sealed class AuditLog : IDisposable
{
    /// <summary>Requests that may have been under way when the disk began to refuse: as many as there are connections by default, twice over.</summary>
    private const int MaxWaiting = 1000;

    private const string Prefix = "audit-";
    private const string Suffix = ".jsonl";
    private const string DayFormat = "yyyy-MM-dd";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private readonly string directory;
    private readonly TimeSpan keep;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly SemaphoreSlim gate = new(1);

    // Under the gate.
    private readonly Queue<string> waiting = new();
    private DateTimeOffset last;
    private DateOnly swept;

    // Under the gate, read by anyone.
    private long dropped;

    public AuditLog(string directory, TimeSpan keep, TimeProvider time, ILogger<AuditLog> logger) => (this.directory, this.keep, this.time, this.logger) = (directory, keep, time, logger);

    /// <summary>Entries that are lost: as many as may wait for the disk did.</summary>
    public long Dropped => Volatile.Read(ref dropped);

    /// <summary>Writes an entry, timed now. One that the disk refuses is kept, and written before the next; the newest is dropped and counted when too many are.</summary>
    public async Task WriteAsync(string? who, string? from, string action, string? detail, int status)
    {
        await gate.WaitAsync();
        try
        {
            var now = time.GetUtcNow();
            last = now > last ? now : last.AddTicks(1);
            if (waiting.Count < MaxWaiting)
            {
                waiting.Enqueue(JsonSerializer.Serialize(new AuditEntry(last, who, from, action, detail, status), Json));
            }
            else
            {
                Volatile.Write(ref dropped, dropped + 1);
            }

            FlushUnderGate();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Whether an action would leave its trace: everything before it is on disk.</summary>
    public async Task<bool> TryRecoverAsync()
    {
        await gate.WaitAsync();
        try
        {
            return waiting.Count == 0 || FlushUnderGate();
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Entries of [from, to) in their order, one more than <paramref name="limit"/> at most.</summary>
    public async Task<List<AuditEntry>> ReadAsync(DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellation)
    {
        List<AuditEntry> found = [];
        foreach (var (day, path) in Files().Where(f => f.Day >= Day(from) && f.Day <= Day(to)).OrderBy(f => f.Day))
        {
            await foreach (var line in File.ReadLinesAsync(path, cancellation))
            {
                // A line that a power cut left half is not an entry.
                if (TryRead(line) is { } entry && entry.Time >= from && entry.Time < to)
                {
                    found.Add(entry);
                    if (found.Count > limit)
                    {
                        return found;
                    }
                }
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();

    private static AuditEntry? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<AuditEntry>(line, Json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    private bool FlushUnderGate()
    {
        try
        {
            PhysicalFileSystem.Instance.CreateDirectory(directory);
            var path = Path.Combine(directory, Prefix + Day(last).ToString(DayFormat, CultureInfo.InvariantCulture) + Suffix);
            using (var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite))
            {
                // A line that a power cut or a full disk left half must not take the next one with it.
                var isHalf = EndsInsideALine(file);
                file.Write(Encoding.UTF8.GetBytes((isHalf ? "\n" : "") + string.Join('\n', waiting) + "\n"));
                file.Flush(flushToDisk: true);
            }

            waiting.Clear();
            SweepUnderGate();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            SecurityLog.AuditFailed(logger, error, waiting.Count);
            return false;
        }
    }

    /// <summary>Leaves the position at the end.</summary>
    private static bool EndsInsideALine(FileStream file)
    {
        if (file.Length == 0)
        {
            return false;
        }

        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() != '\n';
    }

    private void SweepUnderGate()
    {
        var today = Day(last);
        if (swept == today)
        {
            return;
        }

        swept = today;
        foreach (var (_, path) in Files().Where(f => f.Day < Day(last - keep)))
        {
            File.Delete(path);
        }
    }

    private IEnumerable<(DateOnly Day, string Path)> Files()
    {
        if (!Directory.Exists(directory))
        {
            yield break;
        }

        foreach (var path in Directory.EnumerateFiles(directory, $"{Prefix}*{Suffix}"))
        {
            if (DateOnly.TryParseExact(Path.GetFileName(path)[Prefix.Length..^Suffix.Length], DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                yield return (day, path);
            }
        }
    }
}
