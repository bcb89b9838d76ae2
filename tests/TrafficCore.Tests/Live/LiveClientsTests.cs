using Microsoft.AspNetCore.Http;
using TrafficCore.Host.Live;
using TrafficCore.Host.Security.Http;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.Tests.Live;

public sealed class LiveClientsTests : IDisposable
{
    private readonly FreshMeters _meters = new();
    private readonly LiveMetrics _metrics;
    private readonly LiveClients _clients = new(most: 2);

    public LiveClientsTests() => _metrics = new LiveMetrics(_meters, () => _clients.Count);

    public void Dispose()
    {
        _metrics.Dispose();
        _meters.Dispose();
    }

    [Fact]
    public void TryJoin_MoreThanAllowed_IsRefusedUntilOneLeaves()
    {
        using var first = Client();
        using var second = Client();
        using var third = Client();
        Assert.True(_clients.TryJoin(first, out _));
        Assert.True(_clients.TryJoin(second, out _));
        Assert.False(_clients.TryJoin(third, out var why));
        Assert.Contains("Live:MaxClients", why, StringComparison.Ordinal);

        Assert.True(_clients.TryAdmit(out var admitted));
        Assert.Same(first, admitted);
        _clients.Leave(first);
        Assert.True(_clients.TryJoin(third, out _));
    }

    [Fact]
    public void TryAdmit_WhoHasLeftMeanwhile_IsPassedOver()
    {
        using var first = Client();
        using var second = Client();
        _clients.TryJoin(first, out _);
        _clients.TryJoin(second, out _);
        _clients.Leave(first);

        Assert.True(_clients.TryAdmit(out var admitted));
        Assert.Same(second, admitted);
        Assert.False(_clients.TryAdmit(out _));
    }

    [Fact]
    public void Fail_BeforeAnybodyWasAdmitted_EndsThemAndNobodyWaits()
    {
        using var client = Client();
        _clients.TryJoin(client, out _);
        _clients.Fail();

        Assert.True(client.Ended.IsCancellationRequested);
        Assert.False(_clients.TryAdmit(out _));
    }

    [Fact]
    public void Close_EndsEverybodyAndLetsNobodyIn()
    {
        using var client = Client();
        using var late = Client();
        _clients.TryJoin(client, out _);
        _clients.Close();

        Assert.True(client.Ended.IsCancellationRequested);
        Assert.False(_clients.TryJoin(late, out var why));
        Assert.Equal("the service stops", why);
    }

    private LiveClient Client() => new(new LiveFilter(null, null, true, true, true), new StandingCaller(new DefaultHttpContext()), _metrics);
}
