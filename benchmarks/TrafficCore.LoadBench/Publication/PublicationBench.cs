using System.Diagnostics;
using System.Globalization;
using System.Text;
using TrafficCore.LoadBench.Fleet;

namespace TrafficCore.LoadBench.Publication;

/// <summary>How soon a window is shown after its end, and a change after it was sent, to a client of the live feed while 20,000 messages a second come in.</summary>
internal sealed class PublicationBench(BenchOptions options, TextWriter output)
{
    /// <summary>Name of the intersection whose single detector sends one reading at a time.</summary>
    public const string ProbeIntersection = "probe";

    private const string Sender = "load";

    /// <summary>The shortest window of the default configuration.</summary>
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);

    /// <summary>Long enough for the ends of at least three windows of each of 500 intersections.</summary>
    private static readonly LoadProfile Profile = LoadProfile.Named("device-20k-5000") with { Messages = 20_000 * 200 };

    /// <summary>Between two probes, by chance: no rhythm that could agree with the feed's second.</summary>
    private const int LeastPauseMs = 1_100;
    private const int MostPauseMs = 1_900;

    private const int Seed = 20261129;

    /// <summary>Wanted: the first publication within two seconds, a change within one, each for 99 of 100.</summary>
    private const double MostPublicationMs = 2_000;
    private const double MostChangeMs = 1_000;

    /// <summary>Measures.</summary>
    /// <exception cref="BenchException">Something did not start, was lost, or was never shown.</exception>
    public async Task<PublicationResult> RunAsync()
    {
        using var site = await BenchSite.OpenAsync(options, output);
        await using var service = await site.StartServiceAsync("data");
        var profile = options.Share(Profile);
        await site.SendAsync(service, LoadProfile.WarmUp, "warm");

        var before = await service.ReadLedgerAsync();
        var watch = new PublicationWatch();
        using var over = new CancellationTokenSource();
        await using var feed = await service.OpenFeedAsync("kinds=window&window=60s");
        var watching = WatchAsync(feed, watch, over.Token);
        var from = DateTimeOffset.UtcNow;
        var load = site.Generator.RunAsync(profile, service.Port, service.ProcessId, Sender);
        var probes = await ProbeAsync(service, watch, load);
        var result = await load;
        var to = DateTimeOffset.UtcNow;
        if (result.TimedOut != 0 || result.Acknowledged != profile.Messages)
        {
            throw new BenchException($"{profile.Name}: {result}");
        }

        await service.SettleAsync(before, profile.Messages + probes);

        // What ended just before the load did is shown a moment later.
        await Task.Delay(TimeSpan.FromMilliseconds(2 * MostPublicationMs));
        await over.CancelAsync();
        await watching;
        return Judge(watch, watch.Delays(Sender, from, to, Length), result.MessagesPerSecond, probes);
    }

    private static async Task WatchAsync(Stream feed, PublicationWatch watch, CancellationToken over)
    {
        try
        {
            await foreach (var (name, data) in FeedReader.ReadAsync(feed, over))
            {
                var at = DateTimeOffset.UtcNow;
                if (name == "window")
                {
                    watch.Take(FeedWindow.Parse(data), at);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Enough was seen.
        }
    }

    /// <summary>Sends a reading now and then until the load ends; how many.</summary>
    private static async Task<int> ProbeAsync(ServiceUnderTest service, PublicationWatch watch, Task load)
    {
        var random = new Random(Seed);
        var (sent, window, inWindow) = (0, default(DateTimeOffset), 0);
        await using var connection = await FleetConnection.OpenAsync(service.Port, ProbeIntersection, static _ => { });
        while (true)
        {
            var pause = Task.Delay(random.Next(LeastPauseMs, MostPauseMs));
            if (await Task.WhenAny(load, pause) == load)
            {
                return sent;
            }

            // An interval of a second that has just ended.
            var now = DateTimeOffset.UtcNow;
            var ts = now.AddSeconds(-1);
            var start = new DateTimeOffset(ts.Ticks - (ts.Ticks % Length.Ticks), TimeSpan.Zero);
            inWindow = start == window ? inWindow + 1 : 1;
            window = start;
            watch.Expect(start, inWindow, now);
            var payload = string.Create(CultureInfo.InvariantCulture, $"{{\"ts\":{ts.ToUnixTimeMilliseconds()},\"interval\":1000,\"seq\":{sent},\"volume\":1}}");
            connection.Publish(sent++, "traffic/v1/probe/detector/d-1"u8, Encoding.UTF8.GetBytes(payload));
        }
    }

    private PublicationResult Judge(PublicationWatch watch, IReadOnlyList<double> delays, double rate, int probes)
    {
        if (delays.Count == 0 || watch.Changes.Count == 0)
        {
            throw new BenchException($"the feed showed {delays.Count} windows that ended under load and {watch.Changes.Count} of {probes} changes");
        }

        // The very last probe may have been too late to be seen.
        var verdicts = new List<Verdict>
        {
            Of("windows first shown after their end", delays, MostPublicationMs),
            Of("changes shown after they were sent", watch.Changes, MostChangeMs),
            new(FormattableString.Invariant($"{watch.Unseen} of {probes} changes never shown, wanted is at most the last one"), watch.Unseen <= 1),
        };
        return new PublicationResult(rate, Summary.Of(delays), Summary.Of(watch.Changes), verdicts);
    }

    private static Verdict Of(string what, IReadOnlyList<double> all, double most)
    {
        var p99 = Quantile.Of(all, 0.99);
        return new Verdict(FormattableString.Invariant($"{all.Count} {what}: p99 {p99:0} ms, wanted are at most {most:0}"), p99 <= most);
    }
}

/// <summary>Milliseconds, summed up.</summary>
/// <param name="Count">How many.</param>
/// <param name="P50">Median.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Greatest">The greatest.</param>
internal sealed record Summary(int Count, double P50, double P99, double Greatest)
{
    public static Summary Of(IReadOnlyList<double> all) => new(all.Count, Quantile.Of(all, 0.5), Quantile.Of(all, 0.99), all.Max());

    public override string ToString() => FormattableString.Invariant($"{Count} times: p50 {P50:0} ms, p99 {P99:0} ms, most {Greatest:0} ms");
}

/// <summary>What a client of the feed saw.</summary>
/// <param name="Rate">Messages acknowledged per second meanwhile.</param>
/// <param name="Publication">From the end of a window to its first publication; its last reading comes within milliseconds of its end, so this is at most those too much.</param>
/// <param name="Change">From sending a reading to the open window with it.</param>
/// <param name="Verdicts">What is wanted of both.</param>
internal sealed record PublicationResult(double Rate, Summary Publication, Summary Change, IReadOnlyList<Verdict> Verdicts);
