using System.Threading.Channels;
using TrafficCore.Simulators.City.Sending;

namespace TrafficCore.Simulators.City.Run;

/// <summary>
/// Lets a city send in real time. One loop computes a few seconds ahead, another hands each message to its connection when it is
/// due: an open schedule that waits for nobody.
/// </summary>
/// <remarks>Ownership: <see cref="RunAsync"/> owns the engine: in turn the loop that computes, and nobody else.</remarks>
internal sealed class LiveCity
{
    /// <summary>Seconds that are computed ahead: enough to hide a step of the largest city behind the sending of the one before.</summary>
    private const int Ahead = 2;

    /// <summary>What comes due within it goes out together: a hundred wakes a second cost nothing and delay nobody.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10);

    private readonly CityEngine _engine;
    private readonly CityConnections _connections;
    private readonly SendPace _pace;
    private readonly TimeProvider _time;
    private readonly Channel<TickBatch> _ready = Channel.CreateBounded<TickBatch>(Ahead);
    private readonly Channel<TickBatch> _free = Channel.CreateBounded<TickBatch>(Ahead);

    public LiveCity(CityEngine engine, CityConnections connections, SendPace pace, TimeProvider time)
    {
        (_engine, _connections, _pace, _time) = (engine, connections, pace, time);
        for (var i = 0; i < Ahead; i++)
        {
            _free.Writer.TryWrite(new TickBatch());
        }
    }

    /// <summary>Sends until the city's time <paramref name="endUnix"/> or until cancelled, and waits for the acknowledgements; true when it came to its end.</summary>
    public async Task<bool> RunAsync(long endUnix, CancellationToken cancellation)
    {
        _connections.Begin(_pace);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var computing = Task.Run(() => ComputeAsync(endUnix, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in _ready.Reader.ReadAllAsync(cancellation))
            {
                await SendAsync(batch, cancellation);
                await _free.Writer.WriteAsync(batch, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // What was handed over still gets its answer.
        }
        finally
        {
            await stop.CancelAsync();
            await computing;
        }

        await _connections.CloseAsync(cancellation);
        return _engine.NowUnix >= endUnix;
    }

    private async Task ComputeAsync(long endUnix, CancellationToken cancellation)
    {
        Exception? failure = null;
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                var batch = await _free.Reader.ReadAsync(cancellation);
                batch.Clear();
                batch.IsLast = _engine.NowUnix >= endUnix;
                if (batch.IsLast)
                {
                    _engine.Finish(batch);
                    await _ready.Writer.WriteAsync(batch, cancellation);
                    break;
                }

                _engine.Step(batch);
                await _ready.Writer.WriteAsync(batch, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The run is stopped.
        }
        catch (Exception e)
        {
            failure = e;
        }

        _ready.Writer.Complete(failure);
    }

    private async Task SendAsync(TickBatch batch, CancellationToken cancellation)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            var (message, payload) = batch[i];
            if (batch.IsLast)
            {
                await _connections.SendAsync(message, payload, cancellation);
                continue;
            }

            var wait = _pace.Until(message.DueMs);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait < Slice ? Slice : wait, _time, cancellation);
            }

            _connections.Send(message, payload.Span);
        }
    }
}
