using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Ingress;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.TestKit.Ingest;

namespace TrafficCore.IntegrationTests.Ingress;

public sealed class NetworkSourceTests : IDisposable
{
    private const string One = """{"intersections":[{"id":"a","approaches":[{"id":"n","detectors":[{"id":"d1","functions":["count"]}]}]}]}""";
    private const string Two = """{"intersections":[{"id":"a","approaches":[{"id":"n","detectors":[{"id":"d1","functions":["count"]},{"id":"d2","functions":["count"]}]}]}]}""";

    private readonly string _directory = Directory.CreateTempSubdirectory("trafficcore-network-").FullName;
    private readonly MemoryInputLog _log = new();
    private readonly DeviceRegistry _registry = new();

    private string File => Path.Combine(_directory, "network.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Load_NewFile_IsALogRecordOnce()
    {
        await System.IO.File.WriteAllTextAsync(File, One);
        await using NetworkSource source = Source();
        Assert.Equal(NetworkLoad.Changed, await source.LoadAsync(default));
        Assert.Equal(NetworkLoad.Unchanged, await source.LoadAsync(default));
        Assert.Equal([$"Network v1 #1 detector a/d1; json={One.Length}"], Records());
    }

    [Fact]
    public async Task Load_WrongOrMissingFile_KeepsTheVersionBefore()
    {
        await System.IO.File.WriteAllTextAsync(File, One);
        await using NetworkSource source = Source();
        await source.LoadAsync(default);
        await System.IO.File.WriteAllTextAsync(File, """{"intersections":[{"id":"a b"},{"id":"?"}]}""");
        Assert.Equal(NetworkLoad.Refused, await source.LoadAsync(default));
        Assert.Equal(["$.intersections[0].id", "$.intersections[1].id"], source.Errors.Select(e => e.Path));
        System.IO.File.Delete(File);
        Assert.Equal(NetworkLoad.Refused, await source.LoadAsync(default));
        Assert.Equal(1u, _registry.NetworkVersion);
        Assert.NotNull(_registry.Network.FindIntersection("a"));
    }

    [Fact]
    public async Task Load_NoFileConfiguredAnyMore_TakesTheNetworkOutOfForce()
    {
        await System.IO.File.WriteAllTextAsync(File, One);
        await using (NetworkSource source = Source())
        {
            await source.LoadAsync(default);
        }

        await using NetworkSource none = Source(path: "");
        Assert.Equal(NetworkLoad.Changed, await none.LoadAsync(default));
        Assert.Equal(NetworkLoad.Unchanged, await none.LoadAsync(default));
        Assert.Equal(2u, _registry.NetworkVersion);
        Assert.False(_registry[1]!.Named);
    }

    [Fact]
    public async Task Watch_ChangedFile_IsTakenLiveAndABrokenOneIsNot()
    {
        await System.IO.File.WriteAllTextAsync(File, One);
        await using NetworkSource source = Source();
        await source.LoadAsync(default);
        source.Watch();
        await System.IO.File.WriteAllTextAsync(File, "{ broken");
        await UntilAsync(() => source.Errors.Count == 1);
        await System.IO.File.WriteAllTextAsync(File, Two);
        await UntilAsync(() => _registry.NetworkVersion == 2);
        Assert.Empty(source.Errors);
        Assert.Equal($"Network v2 #2 detector a/d2; json={Two.Length}", Records()[^1]);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private List<string> Records() => [.. _log.Appends.SelectMany(append => RecordText.Of(append, _log.Salt))];

    private NetworkSource Source(string? path = null) => new(
        path ?? File,
        _registry,
        _log,
        new ServiceClock(TimeProvider.System, 0),
        TimeProvider.System,
        new IngressOptions { WatchInterval = TimeSpan.FromMilliseconds(10) },
        NullLogger<NetworkSource>.Instance);
}
