using System.Net;
using System.Net.Sockets;
using TrafficCore.LoadBench.Fleet;

namespace TrafficCore.LoadBench.Neighbours;

/// <summary>
/// Whether what goes on beside the devices delays their acknowledgements: the same load on a service that does nothing else, on one whose history is read, on one whose files somebody else works on, and on one whose
/// InfluxDB takes connections and never answers.
/// </summary>
internal sealed class NeighbourBench(BenchOptions options, TextWriter output)
{
    private const string Alone = "alone";

    /// <summary>Minutes of one intersection that the store holds before anything is measured: 160 days, so many that a question for all of them takes seconds.</summary>
    private const int PastPasses = 160 * 24 * 60;

    /// <summary>The door takes in what is older than a week.</summary>
    private const string AnyAge = "--Ingest:MaxAge=unlimited";

    /// <summary>As fast as it goes.</summary>
    private const double PastRate = 1_000_000;

    /// <summary>Wanted: with somebody beside it the 99th percentile is at most so many times as long.</summary>
    private const double MostTimes = 1.2;

    private static readonly LoadProfile Profile = LoadProfile.Named("device-20k");

    /// <summary>Measures; the profile's name says what went on beside it.</summary>
    /// <exception cref="BenchException">Something did not start, or was lost.</exception>
    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        using var site = await BenchSite.OpenAsync(options, output);
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var service = await site.StartServiceAsync("data", AnyAge);
        await using var undelivered = await site.StartServiceAsync("undelivered", $"--Influx:Url=http://{silent.LocalEndpoint}");
        foreach (var each in new[] { service, undelivered })
        {
            await MeasureAsync(site, each, LoadProfile.WarmUp, round: 0);
        }

        var past = await FillAsync(service);
        var readers = new HistoryReaders(service, past);
        var files = new StoreFileWork(Path.Combine(site.Folder, "data"));
        var measurements = new List<Measurement>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            measurements.Add(await MeasureAsync(site, service, Named(Alone), round));
            measurements.Add(await MeasureBesideAsync(site, service, "10-reads-a-second", readers.AtAPaceAsync, round));
            measurements.Add(await MeasureBesideAsync(site, service, "reads-without-pause", readers.WithoutPauseAsync, round));
            measurements.Add(await MeasureBesideAsync(site, service, "long-questions", readers.LongAsync, round));
            measurements.Add(await MeasureBesideAsync(site, service, "vacuum", files.RunAsync, round));
            measurements.Add(await MeasureAsync(site, undelivered, Named("influx-hangs"), round));
        }

        return measurements;
    }

    /// <summary>Medians with least and greatest, and the ratio of the p99 to that of the service alone.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<Measurement> all)
    {
        yield return "| beside | PUBACK p99, ms | times alone | CPU-s/M |";
        yield return "|---|---|---|---|";
        foreach (var group in all.GroupBy(static m => m.Profile))
        {
            var (p99, cpu) = (P99(group), Spread.Of(group.Select(static m => m.Load.CpuPerMillion)));
            yield return FormattableString.Invariant($"| `{group.Key}` | {p99.Median:0.00} ({p99.Least:0.00} - {p99.Greatest:0.00}) | {TimesAlone(all, group):0.00} | {cpu.Median:0.00} |");
        }
    }

    /// <summary>What is wanted beside each. Readers without a pause are measured and not judged: what they take of two processors is what processors are for.</summary>
    public static IEnumerable<Verdict> Judge(IReadOnlyList<Measurement> all) =>
        all.GroupBy(static m => m.Profile).Where(static g => g.Key is not (Alone or "reads-without-pause")).Select(group =>
        {
            var times = TimesAlone(all, group);
            return new Verdict(FormattableString.Invariant($"{group.Key}: PUBACK p99 {times:0.00} times as long as alone, wanted are at most {MostTimes:0.0}"), times <= MostTimes);
        });

    private static double TimesAlone(IReadOnlyList<Measurement> all, IEnumerable<Measurement> group) => P99(group).Median / P99(all.Where(static m => m.Profile == Alone)).Median;

    private static Spread P99(IEnumerable<Measurement> measurements) => Spread.Of(measurements.Select(static m => m.Load.P99 / 1000));

    private LoadProfile Named(string name) => options.Share(Profile with { Name = name });

    private async Task<FleetPlan> FillAsync(ServiceUnderTest service)
    {
        var passes = (int)options.Share(PastPasses);
        var plan = new FleetPlan("past", 1, 1, FleetPlan.StartBefore(DateTimeOffset.UtcNow, passes));
        var before = await service.ReadLedgerAsync();
        await using var fleet = await Fleet.Fleet.OpenAsync(plan, 1, service.Port);
        var sent = await fleet.RunAsync(0, passes, PastRate);
        await service.SettleAsync(before, sent.Messages);
        await service.SettleOutputsAsync();
        await output.WriteLineAsync($"{sent.Messages} minutes of an intersection are stored");
        return plan;
    }

    /// <summary>Measures while something goes on beside it, as long as the load lasts.</summary>
    private async Task<Measurement> MeasureBesideAsync(BenchSite site, ServiceUnderTest service, string name, Func<CancellationToken, Task<string>> beside, int round)
    {
        using var over = new CancellationTokenSource();
        var work = Task.Run(() => beside(over.Token));
        var measurement = await MeasureAsync(site, service, Named(name), round);
        await over.CancelAsync();
        await output.WriteLineAsync($"  {await work}");
        return measurement;
    }

    private async Task<Measurement> MeasureAsync(BenchSite site, ServiceUnderTest service, LoadProfile profile, int round)
    {
        var measurement = new Measurement("trafficcore", profile.Name, round, await site.SendAsync(service, profile, $"r{round}-{profile.Name}"));
        await output.WriteLineAsync(BenchReport.Line(measurement));
        return measurement;
    }
}
