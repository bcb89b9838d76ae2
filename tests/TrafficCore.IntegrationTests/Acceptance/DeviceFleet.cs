using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>
/// Detectors, and environment sensors when asked for, that each send a known series of readings or observations at QoS 1 and send again what was not acknowledged, and what must be in the windows, or among the observations, afterwards. The devices share no
/// code with the product.
/// </summary>
/// <remarks>Ownership: one test.</remarks>
internal sealed class DeviceFleet(int detectors, int readingsPerDevice, int sensors = 0)
{
    public const int DevicesPerIntersection = 10;

    private readonly int devices = detectors + sensors;
    private readonly int[] acknowledgedOf = new int[detectors + sensors];
    private int acknowledged;

    /// <summary>When the first readings begin; a multiple of the windows' lengths.</summary>
    public DateTimeOffset Start { get; init; } = DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 3600) / 900 * 900);

    /// <summary>Interval of the readings, ms; at most a minute.</summary>
    public long IntervalMs { get; init; } = 1000;

    /// <summary>Time from one publication of a device to its next; zero: as fast as they are acknowledged.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Which readings a device sends, in which order; every one at least once.</summary>
    public Func<int, IReadOnlyList<int>> Order { get; init; } = _ => Enumerable.Range(0, readingsPerDevice).ToList();

    /// <summary>Readings in all, each counted once.</summary>
    public int Total => devices * readingsPerDevice;

    /// <summary>End of the last reading.</summary>
    public DateTimeOffset End => Start.AddMilliseconds(readingsPerDevice * IntervalMs);

    /// <summary>Intersections of the detectors.</summary>
    public IEnumerable<string> Intersections => Enumerable.Range(0, detectors).Select(Intersection).Distinct();

    /// <summary>Detectors, as the API names the series.</summary>
    public IEnumerable<string> Series => Enumerable.Range(0, detectors).Select(static device => $"{Intersection(device)}/detectors/{Device(device)}");

    /// <summary>Readings that a broker has acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref acknowledged);

    /// <summary>How many of each device's readings, from its first on, a broker has acknowledged so far.</summary>
    public int[] AcknowledgedOfEach() => [.. Enumerable.Range(0, devices).Select(device => Volatile.Read(ref acknowledgedOf[device]))];

    /// <summary>Each detector's minutes that were acknowledged whole hold their readings, each once.</summary>
    /// <param name="service">Where they must be.</param>
    /// <param name="counts">What <see cref="AcknowledgedOfEach"/> said.</param>
    /// <returns>How many minutes that were.</returns>
    public async Task<int> AssertMinutesAsync(ServiceProcess service, int[] counts)
    {
        using var api = new ServiceApi(service.Http);
        var minutes = 0;
        for (var device = 0; device < detectors; device++)
        {
            var rows = await RowsAsync(api, device);
            for (var minute = 0; (minute + 1) * 60 <= counts[device]; minute++, minutes++)
            {
                Assert.Null(Difference(rows, Start.AddSeconds(minute * 60), Enumerable.Range(minute * 60, 60).Sum(reading => Volume(device, reading))));
            }
        }

        return minutes;
    }

    /// <summary>Sends everything, through every loss of the connection.</summary>
    /// <param name="port">Where the broker listens now.</param>
    /// <param name="ct">Gives up.</param>
    public Task RunAsync(Func<int> port, CancellationToken ct) => Task.WhenAll(Enumerable.Range(0, devices).Select(device => RunDeviceAsync(device, port, ct)));

    /// <summary>Waits until so many readings are acknowledged.</summary>
    public Task WhenAcknowledgedAsync(int count, TimeSpan limit) =>
        Eventually.ReachesAsync(() => Task.FromResult(Acknowledged >= count ? null : $"{Acknowledged} of {count} acknowledged"), limit);

    /// <summary>Every window of every detector holds its readings, each once, and no other window is there.</summary>
    public async Task AssertWindowsAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        for (var device = 0; device < detectors; device++)
        {
            var expected = Enumerable.Range(0, readingsPerDevice).GroupBy(reading => reading * IntervalMs / 60_000)
                .ToDictionary(window => Start.AddSeconds(window.Key * 60), window => window.Sum(reading => Volume(device, reading)));
            await Eventually.ReachesAsync(
                async () =>
                {
                    var rows = await RowsAsync(api, device);
                    var wrong = expected.Select(window => Difference(rows, window.Key, window.Value)).FirstOrDefault(difference => difference is not null)
                        ?? (rows.Count == expected.Count ? null : $"{rows.Count} rows instead of {expected.Count}");
                    return wrong is null ? null : $"device {device}: {wrong}; ledger {await api.GetTextAsync("api/v1/ledger")}";
                },
                TimeSpan.FromSeconds(40));
        }
    }

    /// <summary>Every observation of every sensor is there, each once.</summary>
    public async Task AssertObservationsAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        for (var device = detectors; device < devices; device++)
        {
            var sensor = device;
            var expected = Enumerable.Range(0, readingsPerDevice).Select(reading => (Start.AddMilliseconds(reading * IntervalMs), Volume(sensor, reading) + 0.5)).ToList();
            await Eventually.ReachesAsync(
                async () =>
                {
                    var answer = await api.GetAsync($"api/v1/intersections/{Intersection(sensor)}/environment/{Device(sensor)}?from=-3h");
                    var rows = answer.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("time").GetDateTimeOffset(), row.GetProperty("temperature").GetDouble())).ToList();
                    return rows.SequenceEqual(expected) ? null : $"{rows.Count} rows of {Device(sensor)}";
                },
                TimeSpan.FromSeconds(40));
        }
    }

    /// <summary>Every row of the fleet as the API gives it, but for its revision, which tells how often it was corrected on the way.</summary>
    public async Task<List<string>> RowsAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        var rows = new List<string>();
        foreach (var series in Series)
        {
            rows.AddRange(await api.FlowTextAsync(series, Start, End.AddMinutes(2), "60s"));
        }

        return rows;
    }

    /// <summary>The ledger balances and every reading is stored once.</summary>
    public async Task AssertLedgerAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        var ledger = await api.LedgerAsync();
        Assert.Equal(0, ledger.GetProperty("unexplained").GetInt64());
        Assert.Equal(Total, ledger.GetProperty("stored").GetInt64());
        Assert.Equal(0, ledger.GetProperty("late").GetInt64());
        Assert.Equal(ledger.GetProperty("received").GetInt64(), ledger.GetProperty("stored").GetInt64() + ledger.GetProperty("duplicate").GetInt64());

        foreach (var number in (int[])[detectors / 2, devices - 1])
        {
            var device = await api.LedgerAsync($"{Intersection(number)}/{Kind(number)}/{Device(number)}");
            Assert.Equal(readingsPerDevice, device.GetProperty("stored").GetInt64());
            Assert.Equal(0, device.GetProperty("unexplained").GetInt64());
        }
    }

    private string Kind(int device) => device < detectors ? "detector" : "environment";

    private string Topic(int device) => $"traffic/v1/{Intersection(device)}/{Kind(device)}/{Device(device)}";

    private static string Intersection(int device) => string.Create(CultureInfo.InvariantCulture, $"int-{device / DevicesPerIntersection:0000}");

    private static string Device(int device) => string.Create(CultureInfo.InvariantCulture, $"d-{device % DevicesPerIntersection:00}");

    private static int Volume(int device, int reading) => ((device * 7) + reading) % 10;

    private static string? Difference(Dictionary<DateTimeOffset, JsonElement> rows, DateTimeOffset start, long volume) =>
        !rows.TryGetValue(start, out var row) ? $"no row at {start:O}"
        : row.GetProperty("volume").GetInt64() == volume ? null
        : $"{row.GetProperty("volume")} instead of {volume} at {start:O}";

    private Task<Dictionary<DateTimeOffset, JsonElement>> RowsAsync(ServiceApi api, int device) =>
        api.FlowAsync($"{Intersection(device)}/detectors/{Device(device)}", Start, End.AddMinutes(2), "60s");

    private byte[] Payload(int device, int reading) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"ts\":{Start.ToUnixTimeMilliseconds() + (reading * IntervalMs)},{(device < detectors ? Reading(device, reading) : $"\"temperature\":{Volume(device, reading)}.5")}}}"));

    private string Reading(int device, int reading) => string.Create(
        CultureInfo.InvariantCulture, $"\"interval\":{IntervalMs},\"volume\":{Volume(device, reading)},\"occupancy\":{reading % 100},\"speed\":{30 + (reading % 40)},\"seq\":{reading}");

    private async Task RunDeviceAsync(int device, Func<int> port, CancellationToken ct)
    {
        var next = 0;
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var order = Order(device);
        while (next < order.Count)
        {
            var first = next;
            try
            {
                using var connection = new RawDevice { Pace = Pace };
                await connection.ConnectAsync(port(), $"device-{device}", ct);
                var rest = order.Skip(first).Select(reading => Payload(device, reading)).ToList();
                await connection.PublishAllAsync(Topic(device), rest, window: 16, index =>
                {
                    next = first + index + 1;
                    Volatile.Write(ref acknowledgedOf[device], next);
                    Interlocked.Increment(ref acknowledged);
                }, ct);
            }
            catch (Exception lost) when (lost is SocketException or IOException)
            {
                await retry.WaitForNextTickAsync(ct);
            }
        }
    }
}
