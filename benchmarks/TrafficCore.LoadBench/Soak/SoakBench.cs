using System.Diagnostics;
using System.Globalization;

namespace TrafficCore.LoadBench.Soak;

/// <summary>Half of what the service can take, for a long time: whether memory, threads and handles stay what they are, and whether in the end everything adds up.</summary>
internal sealed class SoakBench(BenchOptions options, TextWriter output)
{
    /// <summary>Two samples are less than a judgement; eight give each quarter two.</summary>
    private const int LeastSamples = 8;

    /// <summary>Enough devices that none reports more often than so many times a second: with at most one a millisecond, times run with the clock and windows close as in life.</summary>
    private const int RatePerDevice = 500;
    private const int LeastConnections = 500;
    private const int SaturatedRounds = 3;

    /// <summary>The log of half an hour of half a million readings a second would be 50 GB plain: this is as much of it as is kept, by retention as in operation.</summary>
    private const string LogLimit = "--Pipeline:InputMaxBytes=4294967296";

    private static readonly TimeSpan UsualStep = TimeSpan.FromSeconds(10);

    /// <summary>Runs it; the samples and what they say. Something lost ends it with an exception instead.</summary>
    /// <exception cref="BenchException">Something did not start, was lost, or does not add up.</exception>
    public async Task<SoakResult> RunAsync()
    {
        using var site = await BenchSite.OpenAsync(options, output);
        await using var service = await site.StartServiceAsync("data", LogLimit);
        var sent = new List<SentLoad>();
        await SendAsync(site, service, new SentLoad("warm", LoadProfile.WarmUp), sent);
        var saturated = options.Rate is null ? await SaturateAsync(site, service, sent) : (double?)null;
        var rate = options.Rate ?? (int)(saturated!.Value / 2);
        var connections = Math.Max(LeastConnections, (rate + RatePerDevice - 1) / RatePerDevice);
        var profile = new LoadProfile("soak", 1, connections, 32, 16, rate, (long)(rate * options.Soak.TotalSeconds));
        await output.WriteLineAsync($"{rate} messages a second over {connections} connections for {options.Soak}");

        var samples = new List<SoakSample>();
        var load = SendAsync(site, service, new SentLoad("soak", profile), sent);
        await SampleAsync(service, load, samples);
        var result = await load;
        await WindowCheck.RunAsync(service, sent, output);
        return new SoakResult(
            saturated, rate, result.MessagesPerSecond, connections, result.Acknowledged, result.CpuPerMillion, result.P99 / 1000, samples, [.. new SoakJudgement(samples, connections, rate).Judge()]);
    }

    private async Task<double> SaturateAsync(BenchSite site, ServiceUnderTest service, List<SentLoad> sent)
    {
        var rates = new List<double>();
        for (var round = 1; round <= SaturatedRounds; round++)
        {
            var load = await SendAsync(site, service, new SentLoad(string.Create(CultureInfo.InvariantCulture, $"full{round}"), LoadProfile.All[0]), sent);
            rates.Add(load.MessagesPerSecond);
        }

        var median = Spread.Of(rates).Median;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"saturated {median:0} messages a second"));
        return median;
    }

    private static async Task<MqblastResult> SendAsync(BenchSite site, ServiceUnderTest service, SentLoad load, List<SentLoad> sent)
    {
        var result = await site.SendAsync(service, load.Profile, load.Prefix);
        sent.Add(load);
        return result;
    }

    private async Task SampleAsync(ServiceUnderTest service, Task load, List<SoakSample> samples)
    {
        var (clock, step) = (Stopwatch.StartNew(), TimeSpan.FromTicks(Math.Min(UsualStep.Ticks, options.Soak.Ticks / LeastSamples)));
        using var timer = new PeriodicTimer(step);
        while (!load.IsCompleted && clock.Elapsed < options.Soak)
        {
            var sample = await SoakSample.TakeAsync(service, clock.Elapsed);
            samples.Add(sample);
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{sample.Seconds,7:0} s  {sample.ResidentMiB,6:0} MiB resident  {sample.HeapMiB,6:0} MiB heap  {sample.OldCollections,4} gen2  {sample.Threads,3} threads  {sample.Handles,5} handles"));
            await timer.WaitForNextTickAsync();
        }

        if (samples.Count < LeastSamples / 2)
        {
            await load;
            throw new BenchException($"only {samples.Count} samples: too short to judge");
        }
    }
}

/// <summary>A soak: everything was stored once and all windows add up, else there is none.</summary>
/// <param name="SaturatedRate">Messages per second that were measured before; null when a rate was given.</param>
/// <param name="Rate">Messages per second that were due.</param>
/// <param name="AchievedRate">And that were acknowledged.</param>
/// <param name="Connections">Connections, each one device.</param>
/// <param name="Messages">Messages in all.</param>
/// <param name="CpuPerMillion">Processor seconds of the service for a million.</param>
/// <param name="P99">99th percentile of milliseconds from due to acknowledged.</param>
/// <param name="Samples">What the service looked like.</param>
/// <param name="Verdicts">What that says.</param>
internal sealed record SoakResult(
    double? SaturatedRate, int Rate, double AchievedRate, int Connections, long Messages, double CpuPerMillion, double P99, IReadOnlyList<SoakSample> Samples, IReadOnlyList<Verdict> Verdicts);
