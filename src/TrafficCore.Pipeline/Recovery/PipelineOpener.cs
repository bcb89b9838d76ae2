using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Opens a data directory: logs, snapshot, then the input from the snapshot on through the live path.</summary>
internal static class PipelineOpener
{
    // As many as the store keeps. Behind them there is the input from its start, which needs no pages.
    private const int Snapshots = 2;

    /// <summary>A snapshot is as good as the pages that it refers to: with one that cannot be read, the snapshot before it is tried, and then none.</summary>
    public static async Task<PipelineParts> OpenAsync(PipelineEnvironment environment, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await TryOpenAsync(environment, cancellationToken);
            }
            catch (Exception exception) when (environment.PassedOver < Snapshots && MissingPage(exception) is { } missing)
            {
                PipelineLog.PageMissing(environment.Logger, missing.Message);
                environment = environment.WithoutTheNewest();
            }
        }
    }

    private static MissingPageException? MissingPage(Exception exception) =>
        (exception is PipelineFaultedException { Fault: var fault } ? fault.Exception : exception) as MissingPageException;

    private static async Task<PipelineParts> TryOpenAsync(PipelineEnvironment environment, CancellationToken cancellationToken)
    {
        var parts = await PipelineAssembly.BuildAsync(environment);
        try
        {
            await ReplayAsync(parts, environment, cancellationToken);
            return parts;
        }
        catch
        {
            await PipelineCloser.AbandonAsync(parts);
            throw;
        }
    }

    private static async Task ReplayAsync(PipelineParts parts, PipelineEnvironment environment, CancellationToken cancellationToken)
    {
        var from = parts.Dispatcher.End;
        using (var reader = parts.Input.OpenReader(from))
        {
            while (Dispatch(reader, parts, environment))
            {
                cancellationToken.ThrowIfCancellationRequested();
                environment.Health.ThrowIfFaulted();
                environment.Progress?.Report(new RecoveryProgress(
                    parts.Dispatcher.End, parts.Input.DurableEnd, parts.Dispatcher.Replayed, parts.Dispatcher.Progress.CountIn));
            }
        }

        // Everything is applied, and every output it made is durable.
        var applied = new ShardBarrier(parts.Shards.Count, static shard => shard.Control?.GoLive());
        parts.Dispatcher.Place(applied);
        await applied.Done;
        await parts.Output.Writer.RunAsync(static _ => { });
        environment.Health.ThrowIfFaulted();
        parts.Output.Writer.GoLive();
        parts.Pages.GoLive();
        PipelineLog.Recovered(
            environment.Logger, parts.Dispatcher.End - from, parts.Shards.Sum(static shard => shard.Output.Repeated), parts.Control.Devices.Count);
    }

    private static bool Dispatch(LogReader reader, PipelineParts parts, PipelineEnvironment environment)
    {
        if (reader.TryReadBatch(out var batch))
        {
            parts.Dispatcher.Replay(batch);
            return true;
        }

        switch (reader.Read(out _))
        {
            case LogReadStatus.Gap:
                var damage = DamagedRange.Read(reader);
                environment.OnGap("input", reader.Gap);
                environment.OnDamage(damage, parts.Directory.Paths.KeepDamage(damage, environment.Files));
                parts.Dispatcher.Skip(damage);
                return true;
            case LogReadStatus.Record:
                throw new InvalidOperationException("A reader that had no batch has a record.");
            default:
                return false;
        }
    }
}
