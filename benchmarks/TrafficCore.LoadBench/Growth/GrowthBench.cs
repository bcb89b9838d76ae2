using System.Globalization;
using TrafficCore.LoadBench.Fleet;

namespace TrafficCore.LoadBench.Growth;

/// <summary>What a reading costs in a small city and a large one, from few connections and many, on one shard and several: a fresh service for every size, all sizes in every round.</summary>
internal sealed class GrowthBench(BenchOptions options, TextWriter output)
{
    /// <summary>A reading of each detector of the largest city; smaller ones send as many in more passes. At 4,000 a second that is a minute, the pace of devices that count for a minute.</summary>
    private const int Readings = 240_000;
    private const int Rate = 4_000;

    /// <summary>What the warm-up sends: it learns all detectors and has the hot path compiled, and should not take long.</summary>
    private const int WarmUpRate = 20_000;

    /// <summary>Divides the detectors of every size, so that each connection speaks for as many.</summary>
    private const int FleetConnections = 120;
    private const int Detectors = 24;

    /// <summary>Intersections whose windows are compared with what was sent: a question each.</summary>
    private const int Checked = 50;

    private static readonly LoadProfile Connected = LoadProfile.Named("device-5k") with { Messages = 100_000 };

    /// <summary>Measures; results in the order of measuring.</summary>
    /// <exception cref="BenchException">Something did not start, was lost, or does not add up.</exception>
    public async Task<IReadOnlyList<GrowthMeasurement>> RunAsync()
    {
        using var site = await BenchSite.OpenAsync(options, output);
        var all = new List<GrowthMeasurement>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var series in GrowthSeries.All)
            {
                foreach (var size in series.Sizes)
                {
                    var measured = await MeasureAsync(site, series.Name, size, round);
                    if (measured is not null)
                    {
                        all.Add(measured);
                        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"round {round} {GrowthTable.Row(measured)}"));
                    }
                }
            }
        }

        return all;
    }

    private async Task<GrowthMeasurement?> MeasureAsync(BenchSite site, string series, int size, int round)
    {
        // In a run for trying out, cities of which not every detector would get its turn are left out.
        var readings = (int)options.Share(Readings);
        if (series == GrowthMeasurement.Intersections && size * Detectors > readings)
        {
            return null;
        }

        var data = $"{series}-{size}-{round}";
        var shards = series == GrowthMeasurement.Shards ? size : 1;
        GrowthMeasurement measured;
        await using (var service = await site.StartServiceAsync(data, $"--Pipeline:Shards={shards}"))
        {
            var cost = series switch
            {
                GrowthMeasurement.Intersections => await CityAsync(service, size, readings),
                GrowthMeasurement.Connections => await BlastAsync(site, service, options.Share(Connected with { Connections = size })),
                _ => await BlastAsync(site, service, options.Share(LoadProfile.All[0])),
            };
            measured = new GrowthMeasurement(
                series, size, round, cost.Rate, cost.CpuSeconds * 1e6 / cost.Messages, ProcessFigures.Read(service.ProcessId).PeakBytes / 1048576.0, cost.P99);
        }

        site.DeleteData(data);
        return measured;
    }

    private static async Task<Cost> CityAsync(ServiceUnderTest service, int intersections, int readings)
    {
        var passes = readings / (intersections * Detectors);
        var plan = new FleetPlan("grow", intersections, Detectors, FleetPlan.StartBefore(DateTimeOffset.UtcNow, 2L * passes));
        var begin = await service.ReadLedgerAsync();
        await using var fleet = await Fleet.Fleet.OpenAsync(plan, FleetConnections, service.Port);
        var learnt = await SettleAsync(service, begin, (await fleet.RunAsync(0, passes, WarmUpRate)).Messages);
        var before = ProcessFigures.Read(service.ProcessId).CpuSeconds;
        var result = await fleet.RunAsync(passes, passes, Rate);
        await SettleAsync(service, learnt, result.Messages);
        var after = ProcessFigures.Read(service.ProcessId).CpuSeconds;

        // The windows of the last pass wait for the next one.
        foreach (var intersection in Enumerable.Range(0, Math.Min(Checked, intersections)).Select(i => (int)((long)i * intersections / Math.Min(Checked, intersections))))
        {
            var (expected, end) = (plan.VolumeOf(intersection, (2 * passes) - 1), plan.TimeOf((2 * passes) - 1));
            var found = await service.ReadVolumeAsync(plan.NameOf(intersection), plan.Start, end);
            if (found != expected)
            {
                throw new BenchException($"windows of {plan.NameOf(intersection)} have {found} vehicles instead of {expected}");
            }
        }

        return new Cost(result.Messages, after - before, result.Rate, result.P99);
    }

    private static async Task<Cost> BlastAsync(BenchSite site, ServiceUnderTest service, LoadProfile profile)
    {
        await site.SendAsync(service, LoadProfile.WarmUp, "warm");
        await site.SendAsync(service, profile with { Messages = Math.Max(profile.Connections, profile.Messages / 10) }, "learn");
        await service.SettleOutputsAsync();

        // Saturated, the times of a device run ahead of the clock, and what comes from the same one again would be duplicates: those few are learnt anew. The generator takes the
        // processor time from the first message to the last acknowledgement, so that letting clients in and out, once in the life of a connection, is no part of it.
        var load = await site.SendAsync(service, profile, profile.Rate > 0 ? "learn" : "run");
        return new Cost(load.Acknowledged, load.CpuPerMillion * load.Acknowledged / 1e6, load.MessagesPerSecond, load.P99 / 1000);
    }

    private static async Task<BenchLedger> SettleAsync(ServiceUnderTest service, BenchLedger before, long sent)
    {
        var ledger = await service.SettleAsync(before, sent);
        await service.SettleOutputsAsync();
        return ledger;
    }

    private readonly record struct Cost(long Messages, double CpuSeconds, double Rate, double P99);
}
