using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace TrafficCore.LoadBench.Neighbours;

/// <summary>
/// Whether what goes on beside the devices delays their acknowledgements: the same load on a service that does nothing else, on one whose history is read without a pause, and on one whose
/// InfluxDB takes connections and never answers.
/// </summary>
internal sealed class NeighbourBench(BenchOptions options, TextWriter output)
{
    private const string Alone = "alone";

    private static readonly LoadProfile Profile = LoadProfile.Named("device-20k");

    /// <summary>Enough that the hot path is compiled with its profile, and that there is a history to read.</summary>
    private static readonly LoadProfile WarmUp = LoadProfile.All[0] with { Name = "warm-up", Messages = 500_000 };

    /// <summary>Measures; the profile's name says what went on beside it.</summary>
    /// <exception cref="BenchException">Something did not start, or was lost.</exception>
    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        var directory = Directory.CreateDirectory(Path.Combine(options.DataRoot ?? Path.GetTempPath(), $"trafficcore-bench-{Environment.ProcessId}")).FullName;
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        try
        {
            var generator = await Mqblast.CompileAsync(options.MqblastSource, directory);
            var program = options.Service ?? await ServiceBuild.BuildAsync(output);
            await using var service = await ServiceUnderTest.StartAsync(program, Path.Combine(directory, "data"));
            await using var undelivered = await ServiceUnderTest.StartAsync(program, Path.Combine(directory, "undelivered"), $"--Influx:Url=http://{silent.LocalEndpoint}");
            await MeasureAsync(generator, service, WarmUp, round: 0);
            await MeasureAsync(generator, undelivered, WarmUp, round: 0);
            var measurements = new List<Measurement>();
            for (var round = 1; round <= options.Rounds; round++)
            {
                measurements.Add(await MeasureAsync(generator, service, Profile with { Name = Alone }, round));
                measurements.Add(await MeasureReadAsync(generator, service, round));
                measurements.Add(await MeasureAsync(generator, undelivered, Profile with { Name = "influx-hangs" }, round));
            }

            return measurements;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Medians with least and greatest, and the ratio of the p99 to that of the service alone.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<Measurement> all)
    {
        var alone = P99(all.Where(static m => m.Profile == Alone)).Median;
        return all.GroupBy(static m => m.Profile).Select(group =>
        {
            var p99 = P99(group);
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key,-16} PUBACK p99 {p99.Median:0.00} ms ({p99.Least:0.00} - {p99.Greatest:0.00}), {p99.Median / alone:0.00} x alone");
        });
    }

    private static Spread P99(IEnumerable<Measurement> measurements) => Spread.Of(measurements.Select(static m => m.Load.P99 / 1000));

    /// <summary>One reader that asks for the history of an intersection after the other, as long as the load lasts.</summary>
    private async Task<Measurement> MeasureReadAsync(Mqblast generator, ServiceUnderTest service, int round)
    {
        using var over = new CancellationTokenSource();
        var questions = ReadWithoutPauseAsync(service, over.Token);
        var measurement = await MeasureAsync(generator, service, Profile with { Name = "history-read" }, round);
        await over.CancelAsync();
        var answered = await questions;
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {answered} questions were answered beside it"));
        return measurement;
    }

    private static async Task<int> ReadWithoutPauseAsync(ServiceUnderTest service, CancellationToken over)
    {
        var questions = 0;
        while (!over.IsCancellationRequested)
        {
            var now = DateTimeOffset.UtcNow;
            await service.ReadVolumeAsync($"r0-warm-up-{questions++ % WarmUp.Intersections:0000}", now.AddHours(-1), now.AddMinutes(5));
        }

        return questions;
    }

    private async Task<Measurement> MeasureAsync(Mqblast generator, ServiceUnderTest service, LoadProfile profile, int round)
    {
        var before = await service.ReadLedgerAsync();
        var load = await generator.RunAsync(profile, service.Port, service.ProcessId, $"r{round}-{profile.Name}");
        if (load.TimedOut != 0 || load.Acknowledged != profile.Messages)
        {
            throw new BenchException($"{profile.Name}: {load}");
        }

        await service.SettleAsync(before, profile.Messages);
        var measurement = new Measurement("trafficcore", profile.Name, round, load);
        await output.WriteLineAsync(BenchReport.Line(measurement));
        return measurement;
    }
}
