using TrafficCore.Host.Api;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Log;
using TrafficCore.Pipeline.Recovery;
using TrafficCore.Pipeline.Replay;

namespace TrafficCore.Host.Replay;

/// <summary>
/// Recomputes the history of a data directory into a new one: the rooms of the service, opened on the same input, without listeners and without time of their own.
/// </summary>
/// <remarks>Ownership: one run.</remarks>
/// <param name="from">The data directory with the input; only read.</param>
/// <param name="settings">Of the new data directory.</param>
/// <param name="time">Measures; what is computed does not depend on it.</param>
/// <param name="progress">Lines for who waits.</param>
internal sealed class ReplayRun(string from, ServiceSettings settings, TimeProvider time, TextWriter progress) : IProgress<RecoveryProgress>
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private readonly long started = time.GetTimestamp();
    private RecoveryProgress reached;
    private long nextLine;

    /// <summary>Runs to the end; the directory is then whole and may be given to a service.</summary>
    /// <exception cref="IOException">The disk refuses, or the input can't be read.</exception>
    /// <exception cref="InvalidDataException">A newer program wrote the input, or it cannot be the input of this service.</exception>
    public async Task<ReplayReport> RunAsync(CancellationToken cancellation)
    {
        using var replay = await Task.Run(() => HistoryReplay.Prepare(from, PipelineMapping.Options(settings), PhysicalFileSystem.Instance, cancellation), cancellation);
        await progress.WriteLineAsync(FormattableString.Invariant($"copied {replay.Bytes >> 20} MiB of input"));
        var salt = replay.Salt is { } recorded ? () => recorded : (Func<uint>)PipelineMapping.NewSalt;
        var (ledger, rows) = await RecomputeAsync(salt, cancellation);
        var took = time.GetElapsedTime(started).TotalSeconds;
        await progress.WriteLineAsync("comparing with the recorded outputs");
        var differences = await Task.Run(() => replay.Compare(settings.Data.Directory, PhysicalFileSystem.Instance), cancellation);
        return new ReplayReport(
            replay.Start,
            replay.End,
            replay.StartTime,
            replay.EndTime,
            replay.Start > 0,
            !replay.KnowsDevices,
            reached.Records,
            reached.Received,
            rows,
            Math.Round(took, 3),
            Math.Round(reached.Received / took),
            differences,
            ledger);
    }

    /// <inheritdoc/>
    public void Report(RecoveryProgress value)
    {
        reached = value;
        if (time.GetTimestamp() >= nextLine)
        {
            nextLine = time.GetTimestamp() + (long)(LineInterval.TotalSeconds * time.TimestampFrequency);
            var done = value.End == 0 ? 1 : (double)value.Position / value.End;
            progress.WriteLine(FormattableString.Invariant(
                $"{done:0%}: {value.Records} records, {value.Received} readings, {value.Received / time.GetElapsedTime(started).TotalSeconds:0} readings/s"));
        }
    }

    private async Task<(LedgerAnswer Ledger, long Rows)> RecomputeAsync(Func<uint> salt, CancellationToken cancellation)
    {
        await using var platform = ServicePlatform.Create(settings.Configuration, time);
        await using var rooms = await ServiceRooms.RecomputeAsync(settings, platform, time, salt, this, cancellation);
        await progress.WriteLineAsync("recomputed; filling SQLite");
        rooms.StartReaders();
        await rooms.Pipeline.SettleAsync(cancellation);
        var ledger = LedgerEndpoints.Answer(await rooms.Pipeline.ReadLedgerAsync(cancellation));
        await rooms.StopAsync(Timeout.InfiniteTimeSpan, time, platform.Logger<ReplayRun>());
        await ThrowIfIncompleteAsync(rooms);
        return (ledger, rooms.Pipeline.Output.Records);
    }

    // A service goes on and tries again; a replay that could not write everything is none.
    private static async Task ThrowIfIncompleteAsync(ServiceRooms rooms)
    {
        if (rooms.Pipeline.Health.IsFaulted)
        {
            var fault = await rooms.Pipeline.Health.Faulted;
            throw new IOException($"{fault.Component} failed: {fault.Exception.Message}", fault.Exception);
        }

        if (rooms.Sinks.Sinks.FirstOrDefault(sink => sink.Cursor < rooms.Pipeline.Output.DurableEnd) is { } behind)
        {
            throw new IOException($"{behind.Name} could not be filled: {behind.Trouble ?? "it stopped"}");
        }

        if (rooms.Index.Trouble is { } trouble)
        {
            throw new IOException($"the city's index could not be made: {trouble}");
        }
    }
}
