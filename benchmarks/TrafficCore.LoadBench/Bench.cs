using System.Diagnostics;

namespace TrafficCore.LoadBench;

/// <summary>Runs every profile against the service and, in turn, against mosquitto, and checks that nothing was lost on the way.</summary>
internal sealed class Bench
{
    /// <summary>The last windows close when the clock has passed their end (60 s, plus what the timestamps run ahead) and the
    /// intersections have been silent for 10 s.</summary>
    private static readonly TimeSpan WindowsLimit = TimeSpan.FromSeconds(180);

    /// <summary>Enough for the runtime to compile the hot path with its profile.</summary>
    private static readonly LoadProfile WarmUp = LoadProfile.All[0] with { Name = "warm-up", Messages = 500_000 };

    private readonly BenchOptions _options;
    private readonly TextWriter _output;
    private readonly List<Measurement> _measurements = [];
    private readonly List<(string Prefix, LoadProfile Profile)> _sent = [];

    public Bench(BenchOptions options, TextWriter output) => (_options, _output) = (options, output);

    /// <summary>Measures; results in the order of measuring.</summary>
    /// <exception cref="BenchException">Something did not start, was lost, or does not add up.</exception>
    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        var directory = Directory.CreateDirectory(Path.Combine(_options.DataRoot ?? Path.GetTempPath(), $"trafficcore-bench-{Environment.ProcessId}")).FullName;
        try
        {
            var generator = await Mqblast.CompileAsync(_options.MqblastSource, directory);
            var program = _options.Service ?? await ServiceBuild.BuildAsync(_output);
            var start = DateTimeOffset.UtcNow;
            await using var service = await ServiceUnderTest.StartAsync(program, Path.Combine(directory, "data"));
            await using var mosquitto = _options.Reference ? await MosquittoUnderTest.StartAsync(directory) : null;
            await MeasureServiceAsync(generator, service, WarmUp, round: 0);
            for (var round = 1; round <= _options.Rounds; round++)
            {
                foreach (var profile in _options.Profiles)
                {
                    await MeasureServiceAsync(generator, service, profile, round);
                    if (mosquitto is not null)
                    {
                        var load = await generator.RunAsync(profile, mosquitto.Port, mosquitto.ProcessId, $"m{round}");
                        await KeepAsync(new Measurement("mosquitto", profile.Name, round, load));
                    }
                }
            }

            if (_options.CheckWindows)
            {
                await CheckWindowsAsync(service, start);
            }

            return _measurements;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task MeasureServiceAsync(Mqblast generator, ServiceUnderTest service, LoadProfile profile, int round)
    {
        var prefix = $"r{round}-{profile.Name}";
        var (ledger, runtime) = (await service.ReadLedgerAsync(), await service.ReadRuntimeAsync());
        var load = await generator.RunAsync(profile, service.Port, service.ProcessId, prefix);
        if (load.TimedOut != 0 || load.Sent != profile.Messages || (profile.Qos > 0 && load.Acknowledged != load.Sent))
        {
            throw new BenchException($"{profile.Name}: {load}");
        }

        // Read before the ledger is asked again, so that the questions are not counted as the load's garbage.
        var after = await service.ReadRuntimeAsync();
        await service.SettleAsync(ledger, profile.Messages);
        _sent.Add((prefix, profile));
        if (round > 0)
        {
            await KeepAsync(new Measurement(
                "trafficcore", profile.Name, round, load, (after.AllocatedBytes - runtime.AllocatedBytes) / load.Sent, after.Collections - runtime.Collections));
        }
    }

    private async Task KeepAsync(Measurement measurement)
    {
        _measurements.Add(measurement);
        await _output.WriteLineAsync(BenchReport.Line(measurement));
    }

    /// <summary>Every message carries a known volume: the windows of all intersections must add up to it.</summary>
    private async Task CheckWindowsAsync(ServiceUnderTest service, DateTimeOffset start)
    {
        await _output.WriteLineAsync("waiting for the last windows to close ...");
        var open = _sent.SelectMany(static s => Enumerable.Range(0, s.Profile.Intersections).Select(i => (Id: $"{s.Prefix}-{i:0000}", Volume: s.Profile.VolumeOf(i)))).ToList();
        var (intersections, volume) = (open.Count, open.Sum(static o => o.Volume));
        var (begin, clock) = (start.AddMinutes(-1), Stopwatch.StartNew());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (true)
        {
            // Open ones are asked until the first that is not complete yet: a question a second costs the service nothing.
            while (open.Count > 0 && await service.ReadVolumeAsync(open[^1].Id, begin, DateTimeOffset.UtcNow.AddMinutes(5)) is var found && found == open[^1].Volume)
            {
                open.RemoveAt(open.Count - 1);
            }

            if (open.Count == 0)
            {
                await _output.WriteLineAsync($"windows of {intersections} intersections add up to the {volume} vehicles that were sent");
                return;
            }

            if (clock.Elapsed > WindowsLimit)
            {
                var now = await service.ReadVolumeAsync(open[^1].Id, begin, DateTimeOffset.UtcNow.AddMinutes(5));
                throw new BenchException($"windows of {open[^1].Id} have {now} vehicles instead of {open[^1].Volume}; {open.Count} of {intersections} intersections are not complete");
            }

            await timer.WaitForNextTickAsync();
        }
    }
}
