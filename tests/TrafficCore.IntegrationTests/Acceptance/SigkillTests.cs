using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>The promise itself: what was acknowledged is in the windows, or among the observations, exactly once, whenever the process is killed.</summary>
public sealed class SigkillTests
{
    private const int Detectors = 200;
    private const int Sensors = 10;
    private const int Devices = Detectors + Sensors;
    private const int ReadingsPerDevice = 1000;
    private const int DevicesPerIntersection = 10;
    private const int Kills = 5;
    private const int Seed = 20261123;
    private const long IntervalMs = 1000;

    private readonly DateTimeOffset start = DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() - 3600) / 900 * 900);
    private int acknowledged;

    [Fact]
    public async Task ReadingsAndObservations_SigkillAtRandomMoments_EachAcknowledgedExactlyOnce()
    {
        using var data = new TemporaryDirectory();
        var service = await ServiceProcess.StartAsync(data.FullName);
        try
        {
            using var done = new CancellationTokenSource(TimeSpan.FromMinutes(4));
            var current = service;
            var devices = Enumerable.Range(0, Devices).Select(device => RunDeviceAsync(device, () => Volatile.Read(ref current), done.Token)).ToArray();
            var random = new Random(Seed);
            for (var kill = 0; kill < Kills; kill++)
            {
                var moment = (kill * Devices * ReadingsPerDevice / Kills) + random.Next(Devices * ReadingsPerDevice / Kills);
                await Eventually.ReachesAsync(() => Task.FromResult(Volatile.Read(ref acknowledged) >= moment ? null : $"{acknowledged} acknowledged"), TimeSpan.FromMinutes(2));
                await service.KillAsync();
                await service.DisposeAsync();
                service = await ServiceProcess.StartAsync(data.FullName);
                Volatile.Write(ref current, service);
            }

            await Task.WhenAll(devices);
            await AssertWindowsAsync(service);
            await AssertObservationsAsync(service);
            await AssertLedgerAsync(service);
        }
        finally
        {
            await service.DisposeAsync();
        }
    }

    private static string Topic(int device) => $"traffic/v1/{Intersection(device)}/{(device < Detectors ? "detector" : "environment")}/{Detector(device)}";

    private static string Intersection(int device) => string.Create(CultureInfo.InvariantCulture, $"int-{device / DevicesPerIntersection:0000}");

    private static string Detector(int device) => string.Create(CultureInfo.InvariantCulture, $"d-{device % DevicesPerIntersection:00}");

    private static int Volume(int device, int reading) => ((device * 7) + reading) % 10;

    private byte[] Payload(int device, int reading) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"ts\":{start.ToUnixTimeMilliseconds() + (reading * IntervalMs)},{(device < Detectors ? Reading(device, reading) : $"\"temperature\":{Volume(device, reading)}.5")}}}"));

    private static string Reading(int device, int reading) => string.Create(
        CultureInfo.InvariantCulture, $"\"interval\":{IntervalMs},\"volume\":{Volume(device, reading)},\"occupancy\":{reading % 100},\"seq\":{reading}");

    private async Task RunDeviceAsync(int device, Func<ServiceProcess> service, CancellationToken ct)
    {
        var next = 0;
        using var retry = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (next < ReadingsPerDevice)
        {
            var first = next;
            try
            {
                using var connection = new RawDevice();
                await connection.ConnectAsync(service().MqttPort, $"device-{device}", ct);
                var rest = Enumerable.Range(first, ReadingsPerDevice - first).Select(reading => Payload(device, reading)).ToList();
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

    private async Task AssertWindowsAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        var end = start.AddMilliseconds(ReadingsPerDevice * IntervalMs);
        for (var device = 0; device < Detectors; device++)
        {
            var expected = Enumerable.Range(0, ReadingsPerDevice).GroupBy(reading => reading / 60)
                .ToDictionary(window => start.AddSeconds(window.Key * 60), window => (Volume: window.Sum(reading => Volume(device, reading)), Readings: window.Count()));
            await Eventually.ReachesAsync(
                async () =>
                {
                    var rows = await api.FlowAsync($"{Intersection(device)}/detectors/{Detector(device)}", start, end.AddMinutes(2), "60s");
                    return expected.Select(window => Difference(rows, window.Key, window.Value.Volume)).FirstOrDefault(difference => difference is not null)
                        ?? (rows.Count == expected.Count ? null : $"{rows.Count} rows instead of {expected.Count}");
                },
                TimeSpan.FromSeconds(40));
        }
    }

    private async Task AssertObservationsAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        for (var device = Detectors; device < Devices; device++)
        {
            var sensor = device;
            var expected = Enumerable.Range(0, ReadingsPerDevice).Select(reading => (start.AddMilliseconds(reading * IntervalMs), Volume(sensor, reading) + 0.5)).ToList();
            await Eventually.ReachesAsync(
                async () =>
                {
                    var answer = await api.GetAsync($"api/v1/intersections/{Intersection(sensor)}/environment/{Detector(sensor)}?from=-3h");
                    var rows = answer.GetProperty("rows").EnumerateArray().Select(row => (row.GetProperty("time").GetDateTimeOffset(), row.GetProperty("temperature").GetDouble())).ToList();
                    return rows.SequenceEqual(expected) ? null : $"{rows.Count} rows of {Detector(sensor)}";
                },
                TimeSpan.FromSeconds(40));
        }
    }

    private static string? Difference(Dictionary<DateTimeOffset, JsonElement> rows, DateTimeOffset start, long volume) =>
        !rows.TryGetValue(start, out var row) ? $"no row at {start:O}"
        : row.GetProperty("volume").GetInt64() == volume ? null
        : $"{row.GetProperty("volume")} instead of {volume} at {start:O}";

    private async Task AssertLedgerAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        var ledger = await api.LedgerAsync();
        Assert.Equal(0, ledger.GetProperty("unexplained").GetInt64());
        Assert.Equal(Devices * ReadingsPerDevice, ledger.GetProperty("stored").GetInt64());
        Assert.Equal(0, ledger.GetProperty("late").GetInt64());
        Assert.Equal(ledger.GetProperty("received").GetInt64(), ledger.GetProperty("stored").GetInt64() + ledger.GetProperty("duplicate").GetInt64());

        foreach (var name in (string[])["int-0003/detector/d-04", $"{Intersection(Devices - 1)}/environment/{Detector(Devices - 1)}"])
        {
            var device = await api.LedgerAsync(name);
            Assert.Equal(ReadingsPerDevice, device.GetProperty("stored").GetInt64());
            Assert.Equal(0, device.GetProperty("unexplained").GetInt64());
        }
    }
}
