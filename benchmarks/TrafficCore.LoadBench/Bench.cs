namespace TrafficCore.LoadBench;

/// <summary>Runs every profile against the service and, in turn, against mosquitto, and checks that nothing was lost on the way.</summary>
internal sealed class Bench
{
    private readonly BenchOptions _options;
    private readonly TextWriter _output;
    private readonly List<Measurement> _measurements = [];
    private readonly List<SentLoad> _sent = [];

    public Bench(BenchOptions options, TextWriter output) => (_options, _output) = (options, output);

    /// <summary>Measures; results in the order of measuring.</summary>
    /// <exception cref="BenchException">Something did not start, was lost, or does not add up.</exception>
    public async Task<IReadOnlyList<Measurement>> RunAsync()
    {
        using var site = await BenchSite.OpenAsync(_options, _output);
        await using var service = await site.StartServiceAsync("data");
        await using var mosquitto = _options.Reference ? await MosquittoUnderTest.StartAsync(site.Folder) : null;
        await MeasureServiceAsync(site.Generator, service, LoadProfile.WarmUp, round: 0);
        for (var round = 1; round <= _options.Rounds; round++)
        {
            foreach (var profile in _options.Profiles)
            {
                await MeasureServiceAsync(site.Generator, service, profile, round);
                if (mosquitto is not null)
                {
                    var load = await site.Generator.RunAsync(profile, mosquitto.Port, mosquitto.ProcessId, $"m{round}");
                    await KeepAsync(new Measurement("mosquitto", profile.Name, round, load));
                }
            }
        }

        if (_options.CheckWindows)
        {
            await WindowCheck.RunAsync(service, _sent, _output);
        }

        return _measurements;
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
        _sent.Add(new SentLoad(prefix, profile));
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
}
