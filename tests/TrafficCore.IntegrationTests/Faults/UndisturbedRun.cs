using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>The rows of a run that nothing disturbs, in the embedded store and, where it is installed, in InfluxDB: what every disturbed run must come to.</summary>
public sealed class UndisturbedRun : IAsyncLifetime
{
    /// <summary>As the API gives them.</summary>
    public IReadOnlyList<string> Rows { get; private set; } = [];

    /// <summary>As InfluxDB has them; empty where it is not installed.</summary>
    public IReadOnlyList<string> InfluxRows { get; private set; } = [];

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        await using var influx = await DatabaseProcess.TryStartInfluxAsync();
        string[] delivery = [];
        if (influx is not null)
        {
            await influx.PostAsync("/query", "q", "CREATE DATABASE traffic");
            delivery = [$"--Influx:Url={influx.Url}", "--Influx:Api=v1"];
        }

        await using var run = new FaultRun(delivery) { Fleet = FaultRun.NewFleet(TimeSpan.Zero) };
        await run.StartUnderLoadAsync();
        await run.WhenSentAsync();
        await run.Fleet.AssertWindowsAsync(run.Service);
        await run.Fleet.AssertLedgerAsync(run.Service);
        using var api = new ServiceApi(run.Service.Http);
        await Eventually.ReachesAsync(
            async () => (await api.GetAsync("api/v1/sinks")).EnumerateArray().All(static sink => sink.GetProperty("lagRecords").GetInt64() == 0) ? null : "not delivered", FaultRun.Limit);
        Rows = await FaultRows.OfApiAsync(api, run.Fleet);
        InfluxRows = influx is null ? [] : await FaultRows.OfInfluxAsync(influx);

        // Fifteen minutes and a quarter of an hour of each of 52 series: none is missing.
        Assert.Equal(52 * 16, Rows.Count);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>Faults run one after the other and beside nothing else: what they time are deadlines, and they need both processors.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class FaultSuite : ICollectionFixture<UndisturbedRun>
{
    /// <summary>Of the collection.</summary>
    public const string Name = "Faults";

    /// <summary>Trait of what only <c>eng/faults.sh</c> runs, for its length.</summary>
    public const string Whole = "Whole";
}
