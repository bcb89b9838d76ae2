using System.Threading.Channels;

namespace TrafficCore.Host.Ingress;

/// <summary>Publishes error notices from a bounded queue, so that no read loop waits for the broker.</summary>
/// <remarks>Ownership: <see cref="TryNotify"/> from any thread; one loop drains. When the queue is full the new notice is dropped.</remarks>
internal sealed class DeviceNotifier : IDeviceNotifier, IAsyncDisposable
{
    // One notice a second and device: a thousand devices may go wrong in the same second before any is lost.
    private const int Capacity = 1024;

    private readonly Channel<(string Topic, ReadOnlyMemory<byte> Payload)> _queue =
        Channel.CreateBounded<(string, ReadOnlyMemory<byte>)>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private readonly Func<string, ReadOnlyMemory<byte>, ValueTask> _publish;
    private readonly ILogger _logger;
    private readonly Task _loop;

    /// <summary>Starts the loop.</summary>
    /// <param name="publish">Publishes topic and payload at QoS 0, not retained.</param>
    /// <param name="logger">Told of failures.</param>
    public DeviceNotifier(Func<string, ReadOnlyMemory<byte>, ValueTask> publish, ILogger<DeviceNotifier> logger)
    {
        _publish = publish;
        _logger = logger;
        _loop = Task.Run(DrainAsync);
    }

    public bool TryNotify(string topic, ReadOnlyMemory<byte> payload) => _queue.Writer.TryWrite((topic, payload));

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
    }

    private async Task DrainAsync()
    {
        await foreach ((string topic, ReadOnlyMemory<byte> payload) in _queue.Reader.ReadAllAsync())
        {
            try
            {
                await _publish(topic, payload);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                IngressLog.NoticeFailed(_logger, e, topic);
            }
        }
    }
}
