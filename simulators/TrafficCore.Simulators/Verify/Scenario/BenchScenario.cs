using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Verify;

/// <summary>What the bench does to the devices, in the order of <see cref="BenchStage"/>, as far as the checks need it.</summary>
internal sealed class BenchScenario(VerifyOptions options, BenchServer server, BenchRecord record, ConsoleProgress progress, TimeProvider time)
{
    /// <summary>Three intervals show more than one reading that is late.</summary>
    private const int Intervals = 3;

    private static readonly TimeSpan ShortestOutage = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(10);

    /// <summary>Until the end, or until nobody comes.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        Begin(BenchStage.Waiting, $"listening at port {server.Port}: waiting for a device");
        if (await record.ReachesAsync(static seen => seen.Connects.Any(), options.Wait, cancellation))
        {
            Begin(BenchStage.Observing, "watching");
            await PauseAsync(options.Duration, cancellation);
            await SendToBoardsAsync(cancellation);
            await DisturbAsync(cancellation);
        }

        record.Add(static at => new StageBegun(at, BenchStage.Done));
    }

    private async Task SendToBoardsAsync(CancellationToken cancellation)
    {
        var boards = new Evidence(record.Events).Boards;
        if (boards.Count > 0 && options.Checks.Any(static c => c.Stage == BenchStage.Boards))
        {
            Begin(BenchStage.Boards, "sending messages to boards");
            await new BoardScript(server, record, options.Patience, time).RunAsync(boards, cancellation);
        }
    }

    private async Task DisturbAsync(CancellationToken cancellation)
    {
        if (options.LastStage < BenchStage.Resending)
        {
            return;
        }

        // Who measures nothing has nothing to send again, and nothing to keep.
        var measures = new Evidence(record.Events).Messages.Any(static m => m.IsTelemetry);
        await WithholdAsync(measures, cancellation);
        if (options.LastStage < BenchStage.CatchingUp || !measures)
        {
            return;
        }

        Begin(BenchStage.Outage, "letting nobody in");
        server.StopListening();
        server.DropAll();
        await PauseAsync(options.Outage ?? TimeSpan.FromTicks(Math.Clamp(SomeIntervals.Ticks, ShortestOutage.Ticks, LongestOutage.Ticks)), cancellation);
        Begin(BenchStage.CatchingUp, "watching what was kept");
        server.Listen();
        await record.ReachesAsync(HasCaughtUp, SomeIntervals + options.Patience, cancellation);
    }

    private async Task WithholdAsync(bool measures, CancellationToken cancellation)
    {
        Begin(BenchStage.Withholding, "acknowledging nothing");
        server.Acknowledges = false;
        if (measures)
        {
            await record.ReachesAsync(HasWithheldOfEach, SomeIntervals, cancellation);
        }

        var connections = new Evidence(record.Events).OpenConnections.Count;
        server.DropAll();
        server.Acknowledges = true;
        Begin(BenchStage.Resending, "dropped: watching what comes back");
        await record.ReachesAsync(
            seen => IsBack(seen, connections) && (!measures || DeliveryChecks.Resend(seen).Outcome == CheckOutcome.Pass), SomeIntervals + options.Patience, cancellation);
    }

    /// <summary>Every topic with measurements has one that is not acknowledged.</summary>
    private static bool HasWithheldOfEach(Evidence seen)
    {
        var telemetry = seen.Messages.Where(static m => m.IsTelemetry).ToLookup(static m => m.Stage == BenchStage.Withholding, static m => m.Sent.Topic);
        return telemetry[true].Any() && !telemetry[false].Except(telemetry[true]).Any();
    }

    private static bool IsBack(Evidence seen, int connections) =>
        seen.Connects.Count(c => c.At >= seen.Span(BenchStage.Resending)!.Value.From) >= connections && ConnectionChecks.Online(seen).Outcome == CheckOutcome.Pass;

    /// <summary>Detectors have sent what they kept; a controller, whose events nobody can foresee, has sent a batch.</summary>
    private static bool HasCaughtUp(Evidence seen) => seen.Readings.Any(static r => r.Timestamp is not null)
        ? BufferCheck.Judge(seen).Outcome == CheckOutcome.Pass
        : seen.Messages.Any(static m => m is { IsTelemetry: true, Stage: BenchStage.CatchingUp });

    /// <summary>Time in which a device has something to send; for one whose interval is not known, a controller, a few seconds.</summary>
    private TimeSpan SomeIntervals =>
        new Evidence(record.Events).LongestIntervalMs is { } interval ? TimeSpan.FromMilliseconds(Math.Max(interval, 100) * Intervals) : ShortestOutage;

    private async Task PauseAsync(TimeSpan length, CancellationToken cancellation) => await Task.Delay(length, time, cancellation);

    private void Begin(BenchStage stage, string words)
    {
        record.Add(at => new StageBegun(at, stage));
        progress.Report((double)stage / (double)BenchStage.Done, words);
    }
}
