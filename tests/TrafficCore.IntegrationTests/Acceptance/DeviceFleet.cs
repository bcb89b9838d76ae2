using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>
/// Detectors that each send a known series of readings at QoS 1 and send again what was not acknowledged, and what must be in the windows afterwards. The devices share no
/// code with the product.
/// </summary>
/// <remarks>Ownership: one test.</remarks>
internal sealed class DeviceFleet(int devices, int readingsPerDevice)
{
    private const int DevicesPerIntersection = 10;
    private const long IntervalMs = 1000;

    private readonly DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 3600) / 900 * 900);
    private int acknowledged;

    /// <summary>Readings in all.</summary>
    public int Total => devices * readingsPerDevice;

    /// <summary>Readings that a broker has acknowledged so far.</summary>
    public int Acknowledged => Volatile.Read(ref acknowledged);

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
        for (var device = 0; device < devices; device++)
        {
            var expected = Enumerable.Range(0, readingsPerDevice).GroupBy(reading => reading / 60)
                .ToDictionary(window => start.AddSeconds(window.Key * 60), window => window.Sum(reading => Volume(device, reading)));
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

    /// <summary>Every row of the fleet as the API gives it, but for its revision, which tells how often it was corrected on the way.</summary>
    public async Task<List<string>> RowsAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        var rows = new List<string>();
        for (var device = 0; device < devices; device++)
        {
            foreach (var (at, row) in (await RowsAsync(api, device)).OrderBy(r => r.Key))
            {
                var fields = row.EnumerateObject().Where(f => f.Name != "revision").Select(f => f.ToString());
                rows.Add($"{device} {at:O} {string.Join(' ', fields)}");
            }
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

        var device = await api.LedgerAsync($"{Intersection(devices / 2)}/detector/{Detector(devices / 2)}");
        Assert.Equal(readingsPerDevice, device.GetProperty("stored").GetInt64());
        Assert.Equal(0, device.GetProperty("unexplained").GetInt64());
    }

    private static string Topic(int device) => $"traffic/v1/{Intersection(device)}/detector/{Detector(device)}";

    private static string Intersection(int device) => string.Create(CultureInfo.InvariantCulture, $"int-{device / DevicesPerIntersection:0000}");

    private static string Detector(int device) => string.Create(CultureInfo.InvariantCulture, $"d-{device % DevicesPerIntersection:00}");

    private static int Volume(int device, int reading) => ((device * 7) + reading) % 10;

    private static string? Difference(Dictionary<DateTimeOffset, JsonElement> rows, DateTimeOffset start, long volume) =>
        !rows.TryGetValue(start, out var row) ? $"no row at {start:O}"
        : row.GetProperty("volume").GetInt64() == volume ? null
        : $"{row.GetProperty("volume")} instead of {volume} at {start:O}";

    private Task<Dictionary<DateTimeOffset, JsonElement>> RowsAsync(ServiceApi api, int device) =>
        api.FlowAsync($"{Intersection(device)}/detectors/{Detector(device)}", start, start.AddMilliseconds(readingsPerDevice * IntervalMs).AddMinutes(2), "60s");

    private byte[] Payload(int device, int reading) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"ts\":{start.ToUnixTimeMilliseconds() + (reading * IntervalMs)},\"interval\":{IntervalMs},\"volume\":{Volume(device, reading)},\"occupancy\":{reading % 100},\"seq\":{reading}}}"));

    private async Task RunDeviceAsync(int device, Func<int> port, CancellationToken ct)
    {
        var next = 0;
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (next < readingsPerDevice)
        {
            var first = next;
            try
            {
                using var connection = new RawDevice();
                await connection.ConnectAsync(port(), $"device-{device}", ct);
                var rest = Enumerable.Range(first, readingsPerDevice - first).Select(reading => Payload(device, reading)).ToList();
                await connection.PublishAllAsync(Topic(device), rest, window: 16, index =>
                {
                    next = first + index + 1;
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
