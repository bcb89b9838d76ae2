using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>The network file and the configuration change while readings come in.</summary>
[Collection(FaultSuite.Name)]
public sealed class ChangeFaultTests(UndisturbedRun undisturbed)
{
    [Fact]
    public async Task NetworkAndConfiguration_ChangedUnderLoad_GiveTheSameRows()
    {
        await using var run = new FaultRun();
        await run.StartUnderLoadAsync();
        await run.WhenAcknowledgedAsync(0.1);

        // Windows of the load began before any of these versions: the first one is theirs, whatever comes later.
        await ChangeAsync(run, FaultNetwork.Text(intersections: 9), intersections: 9);
        await run.WhenAcknowledgedAsync(0.3);
        await File.WriteAllTextAsync(run.NetworkFile, "{ \"city\": ");
        await run.WhenHealthIsAsync("network file refused");
        await ChangeAsync(run, FaultNetwork.Text(intersections: 12), intersections: 12);

        await run.WhenAcknowledgedAsync(0.5);
        await run.StopAsync();
        await run.StartAsync("--Pipeline:Shards=7", "--Pipeline:SegmentBytes=4194304", "--Pipeline:Pack=false", "--Pipeline:CommitInterval=0s", "--Windows:InMemory=1m");
        await run.WhenAcknowledgedAsync(0.8);
        await run.StopAsync();
        await run.StartAsync("--Pipeline:Shards=2", "--Pipeline:SnapshotInterval=3s");
        await run.AssertAsUndisturbedAsync(undisturbed);
    }

    private static async Task ChangeAsync(FaultRun run, string network, int intersections)
    {
        await File.WriteAllTextAsync(run.NetworkFile, network);
        using var api = new ServiceApi(run.Service.Http);
        await Eventually.ReachesAsync(async () => (await api.GetAsync("api/v1/intersections")).GetArrayLength() is var found && found == intersections ? null : $"{found} intersections", FaultRun.Limit);
    }
}
