using TrafficCore.Host.Api;

namespace TrafficCore.Tests.Host;

public sealed class QuarantineGateTests
{
    [Fact]
    public async Task Enter_AllPlacesTaken_WaitsUntilOneIsGivenBack()
    {
        using var gate = new QuarantineGate();
        var places = new List<IDisposable>();
        for (var i = 0; i < QuarantineGate.AtOnce; i++)
        {
            places.Add(await gate.EnterAsync(CancellationToken.None));
        }

        var (next, afterNext) = (gate.EnterAsync(CancellationToken.None), gate.EnterAsync(CancellationToken.None));
        Assert.False(next.IsCompleted);
        places[0].Dispose();
        places[0].Dispose(); // a second time gives nothing more back
        await next;
        Assert.False(afterNext.IsCompleted);
        (await next).Dispose();
        await afterNext;
    }

    [Fact]
    public async Task Enter_TheClientGoesAway_TakesNoPlace()
    {
        using var gate = new QuarantineGate();
        for (var i = 1; i < QuarantineGate.AtOnce; i++)
        {
            await gate.EnterAsync(CancellationToken.None);
        }

        var last = await gate.EnterAsync(CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var waiting = gate.EnterAsync(gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        last.Dispose();
        (await gate.EnterAsync(CancellationToken.None)).Dispose();
    }
}
