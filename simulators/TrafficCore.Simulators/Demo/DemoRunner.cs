using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Run;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Simulators.Demo;

/// <summary>Starts service, city and boards in one process, shows them, and takes them down in order.</summary>
internal sealed class DemoRunner
{
    /// <summary>How long the service may take to account for the last readings.</summary>
    private static readonly TimeSpan SettleLimit = TimeSpan.FromSeconds(10);

    private readonly DemoOptions _options;
    private readonly TimeProvider _time;
    private readonly TextWriter _output;
    private readonly Func<string, IDemoScreen> _screen;
    private readonly bool _silent;

    /// <param name="options">What to start.</param>
    /// <param name="time">Clock.</param>
    /// <param name="output">Where lines go.</param>
    /// <param name="screen">Makes the screen, given its last line.</param>
    /// <param name="silent">Whether the service keeps its log to itself, because the screen needs the terminal.</param>
    public DemoRunner(DemoOptions options, TimeProvider time, TextWriter output, Func<string, IDemoScreen> screen, bool silent) =>
        (_options, _time, _output, _screen, _silent) = (options, time, output, screen, silent);

    /// <summary>Runs until cancelled or the duration is over.</summary>
    public async Task<DemoReport> RunAsync(CancellationToken cancellation)
    {
        var temporary = _options.DataDirectory is null ? Directory.CreateTempSubdirectory("trafficcore-demo-").FullName : null;
        var directory = Path.GetFullPath(_options.DataDirectory ?? temporary!);
        try
        {
            var description = DemoCity.Describe(_options);
            var inputs = CityInputs.Read(description);
            DemoHost.PrepareSockets();
            var network = OutputPath.Open("--data", directory, path => DemoService.WriteNetworkFile(inputs.NetworkFile, path));
            await using var service = await DemoHost.StartAsync(DemoService.Configure(_options, directory, network), _silent, cancellation);
            await _output.WriteLineAsync(WhereToLook(service));
            return await RunCityAsync(inputs, description.City, service, cancellation);
        }
        finally
        {
            if (temporary is not null)
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }

    private async Task<DemoReport> RunCityAsync(CityInputs inputs, CityOptions cityOptions, DemoHost service, CancellationToken cancellation)
    {
        using var feed = new DemoFeed(service.Http, _time);
        using var ledger = new LedgerClient(service.Http, _time);
        var before = await ledger.ReadAsync(cancellation);
        using var truth = _options.TruthDirectory is { } kept ? OutputPath.Open("--truth", kept, TruthFiles.In) : null;
        await using var city = await DemoCity.StartAsync(inputs, cityOptions, service.Mqtt, _time, truth, cancellation);
        var start = _time.GetTimestamp();

        // The detectors stop first and the boards last, so that every reading is answered and every board says good-bye.
        using var stopCity = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        if (_options.Duration is { } duration)
        {
            stopCity.CancelAfter(duration);
        }

        var cityTask = city.RunAsync(stopCity.Token);
        var screenTask = _screen("Ctrl-C stops").RunAsync(NextFrameAsync, stopCity.Token);
        await await Task.WhenAny(cityTask, screenTask);
        await stopCity.CancelAsync();
        await Task.WhenAll(cityTask, screenTask);

        var grown = await ledger.SettleAsync(before, city.Acknowledged, SettleLimit, CancellationToken.None);
        var last = await feed.ReadAsync(CancellationToken.None);
        return new DemoReport
        {
            Seconds = Math.Round(_time.GetElapsedTime(start).TotalSeconds, 1),
            Sent = city.Sent,
            Acknowledged = city.Acknowledged,
            Warnings = city.Warnings,
            Cleared = city.Cleared,
            IntersectionsWithWindows = last.Intersections.Count(static i => i.Start is not null),
            Ledger = grown,
            Stopped = cancellation.IsCancellationRequested && _options.Duration is not null,
        };

        async Task<DemoFrame> NextFrameAsync(CancellationToken token)
        {
            var state = await feed.ReadAsync(token);

            // The answer arrives on the thread that polls the service's sockets; drawing must not hold it up.
            await Task.Yield();
            return new DemoFrame(_time.GetElapsedTime(start), city.IsRush, city.Sent, city.Acknowledged, state);
        }
    }

    private static string WhereToLook(DemoHost service) => $"""
        A small city sends to the service in this process. Where to look:
          live page      {service.Http}
          intersections  {service.Http}api/v1/intersections
          windows        {service.Http}api/v1/intersections/int-0001/flow?from=-15m&window=10s
          boards         {service.Http}api/v1/boards
          ledger         {service.Http}api/v1/ledger
          all messages   mosquitto_sub -h {service.Mqtt.Host} -p {service.Mqtt.Port} -v -t 'traffic/v1/#'
        Windows of 10 s close from the first ten seconds on. It begins in a rush hour: boards warn within about half a minute and clear within two minutes; the next rush comes after that.
        """;
}
