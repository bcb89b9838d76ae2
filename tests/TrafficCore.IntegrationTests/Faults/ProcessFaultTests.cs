namespace TrafficCore.IntegrationTests.Faults;

/// <summary>The process is killed or stopped at any moment.</summary>
[Collection(FaultSuite.Name)]
public sealed class ProcessFaultTests(UndisturbedRun undisturbed)
{
    private const int Seed = 20261129;
    private static readonly TimeSpan Stopped = TimeSpan.FromSeconds(30);

    [Fact]
    public Task Sigkill_AtRandomMomentsAndDuringRecovery_LosesNothing() => KillAsync(kills: 4);

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public Task Sigkill_AtTwentyRandomMomentsSegmentRollsSnapshotsAndRecoveries_LosesNothing() => KillAsync(kills: 20);

    [Fact]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    public async Task Sigstop_ForThirtySeconds_LosesNothing()
    {
        await using var run = new FaultRun();
        await run.StartUnderLoadAsync();
        await run.WhenAcknowledgedAsync(0.3);
        await run.Service.SignalAsync("STOP");
        await FaultRun.ElapseAsync(Stopped);
        await run.Service.SignalAsync("CONT");
        await run.AssertAsUndisturbedAsync(undisturbed);
    }

    /// <summary>Kills, each followed by a start that is killed on the way, at moments that a seed gives. With a segment every MiB and a snapshot every second, they meet both.</summary>
    private async Task KillAsync(int kills)
    {
        await using var run = new FaultRun();
        var random = new Random(Seed);
        await run.StartUnderLoadAsync();
        for (var kill = 0; kill < kills; kill++)
        {
            await run.WhenAcknowledgedAsync((kill + random.NextDouble()) / kills);
            await run.KillAsync();
            await run.StartAndKillAsync(TimeSpan.FromMilliseconds(random.Next(200, 1_500)));
            await run.StartAsync();
        }

        await run.AssertAsUndisturbedAsync(undisturbed);
    }
}
