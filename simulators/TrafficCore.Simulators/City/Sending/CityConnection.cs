using System.Threading.Channels;
using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.Delivery;

namespace TrafficCore.Simulators.City.Sending;

/// <summary>One connection of the city: publishes in order what one or many devices send.</summary>
/// <remarks>
/// Ownership: one scheduler calls <see cref="TrySend"/>; <see cref="RunAsync"/> is one loop. The queue between them is bounded; when it is full, a message
/// is dropped and the caller counts it.
/// </remarks>
internal sealed class CityConnection : IAsyncDisposable
{
    private readonly ReliablePublisher _publisher;
    private readonly Channel<MqttPublication> _queue;
    private readonly Action<long> _onTaken;

    /// <param name="publisher">Who publishes.</param>
    /// <param name="capacity">Messages that wait at most.</param>
    /// <param name="onTaken">Told of each message that the connection took: its tag.</param>
    public CityConnection(ReliablePublisher publisher, int capacity, Action<long> onTaken)
    {
        (_publisher, _onTaken) = (publisher, onTaken);
        _queue = Channel.CreateBounded<MqttPublication>(new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = true });
    }

    public long Acknowledged => _publisher.Acknowledged;

    public long Refused => _publisher.Refused;

    public int Reconnects => _publisher.Reconnects;

    /// <summary>Why it gave up; null while it has not.</summary>
    public string? Problem { get; private set; }

    /// <summary>Connects.</summary>
    /// <exception cref="MqttConnectionException">Nobody lets it in.</exception>
    public Task ConnectAsync(CancellationToken cancellation) => _publisher.ConnectAsync(cancellation);

    /// <summary>Hands over a message; false when too many wait.</summary>
    public bool TrySend(in MqttPublication publication) => _queue.Writer.TryWrite(publication);

    /// <summary>Hands over a message, waiting for room.</summary>
    public ValueTask SendAsync(in MqttPublication publication, CancellationToken cancellation) => _queue.Writer.WriteAsync(publication, cancellation);

    /// <summary>No more messages come.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Publishes until <see cref="Complete"/>, waits for the acknowledgements and says good-bye.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var isDrained = false;
        try
        {
            await foreach (var publication in _queue.Reader.ReadAllAsync(cancellation))
            {
                await _publisher.EnqueueAsync(publication, cancellation);
                _onTaken(publication.Tag);
            }

            await _publisher.DrainAsync(cancellation);
            isDrained = true;
            await _publisher.DisconnectAsync(cancellation);
        }
        catch (MqttConnectionException e)
        {
            Problem = e.Message;
        }
        catch (OperationCanceledException) when (isDrained)
        {
            // Everything has arrived; a broker that does not hang up is no loss.
        }
        catch (OperationCanceledException)
        {
            Problem = "gave up waiting for acknowledgements";
        }
        finally
        {
            // Nobody reads any more: who waits for room must not wait for ever.
            _queue.Writer.TryComplete();
        }
    }

    public ValueTask DisposeAsync() => _publisher.DisposeAsync();
}
