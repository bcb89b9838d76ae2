using System.Threading.Channels;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Delivery;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Simulators.City.Sending;

/// <summary>All connections of the city, and what became of its messages.</summary>
/// <remarks>Ownership: one scheduler calls <see cref="Send"/>; each connection has a loop; counters may be read from anywhere.</remarks>
internal sealed class CityConnections : ICityOutput, IAsyncDisposable
{
    /// <summary>Longer than a restart of the service takes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long acknowledgements may take after the last message.</summary>
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(60);

    /// <summary>The same for somebody who has pressed Ctrl-C and waits.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    /// <summary>A message that leaves a second after it was due is late: sensors that report each second would be mistaken for mute.</summary>
    private static readonly TimeSpan LateAfter = TimeSpan.FromSeconds(1);

    /// <summary>Messages that wait at most, over all connections: at 4,000 a second, most of a minute without a broker.</summary>
    private const int Capacity = 200_000;

    /// <summary>Connections that are opened at once: fewer than the usual listen backlog of 128.</summary>
    private const int ConnectBatch = 64;

    private readonly ConnectionPlan _plan;
    private readonly QualityOfService _qos;
    private readonly CityConnection?[] _connections;
    private readonly LatencyHistogram _delay = new();
    private SendPace? _pace;
    private CancellationTokenSource? _drain;
    private Task _loops = Task.CompletedTask;
    private long _sent;
    private long _taken;
    private long _dropped;
    private long _broken;
    private long _late;

    public CityConnections(ConnectionPlan plan, BrokerAddress broker, int qos, TimeProvider time)
    {
        (_plan, _qos) = (plan, (QualityOfService)qos);
        var capacity = Math.Clamp(Capacity / Math.Max(1, plan.Count), 1_000, Capacity);
        _connections = [.. plan.Names.Select((c, i) => plan.IsUsed[i]
            ? new CityConnection(
                new ReliablePublisher(broker, $"city-{c.Name}", Patience, time, State(c.State, "online"u8), State(c.State, "offline"u8), plan.Window), capacity, OnTaken)
            : null)];
    }

    /// <summary>Messages that devices sent.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Of those, messages that found a full queue.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Messages that were sent broken, by plan.</summary>
    public long Broken => Interlocked.Read(ref _broken);

    /// <summary>Messages that left late.</summary>
    public long Late => Interlocked.Read(ref _late);

    /// <summary>Messages that a connection took.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Messages acknowledged with success.</summary>
    public long Acknowledged => Open.Sum(static c => c.Acknowledged);

    /// <summary>Messages answered with an error.</summary>
    public long Refused => Open.Sum(static c => c.Refused);

    public int Reconnects => Open.Sum(static c => c.Reconnects);

    /// <summary>Connections that there are.</summary>
    public int Count => _plan.Count;

    /// <summary>From due to taken.</summary>
    public LatencyHistogram Delay => _delay;

    /// <summary>Why connections gave up.</summary>
    public IEnumerable<string> Problems => Open.Select(static c => c.Problem).OfType<string>().Distinct();

    private IEnumerable<CityConnection> Open => _connections.OfType<CityConnection>();

    /// <summary>Opens all connections and begins to publish.</summary>
    /// <exception cref="MqttConnectionException">Nobody lets the city in.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        foreach (var batch in Open.Chunk(ConnectBatch))
        {
            await Task.WhenAll(batch.Select(c => c.ConnectAsync(cancellation)));
        }

        _drain = new CancellationTokenSource();
        _loops = Task.WhenAll(Open.Select(c => c.RunAsync(_drain.Token)));
    }

    /// <summary>Says when the city began, so that delays can be told.</summary>
    public void Begin(SendPace pace) => _pace = pace;

    /// <inheritdoc/>
    public void Send(in CityMessage message, ReadOnlySpan<byte> payload)
    {
        if (!Connection(message).TrySend(Publication(message, payload)))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>The same at the end of a run, when there is time to wait for room.</summary>
    public async ValueTask SendAsync(CityMessage message, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        try
        {
            await Connection(message).SendAsync(Publication(message, payload.Span), cancellation);
        }
        catch (ChannelClosedException)
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Waits for the acknowledgements and says good-bye.</summary>
    /// <param name="cancellation">Somebody is waiting for the end; may come later.</param>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        foreach (var connection in Open)
        {
            connection.Complete();
        }

        _drain?.CancelAfter(DrainLimit);
        using var hurry = cancellation.Register(static drain => ((CancellationTokenSource?)drain)?.CancelAfter(StopLimit), _drain);
        await _loops;
    }

    public async ValueTask DisposeAsync()
    {
        if (_drain is not null)
        {
            await _drain.CancelAsync();
            await _loops;
        }

        foreach (var connection in Open)
        {
            await connection.DisposeAsync();
        }

        _drain?.Dispose();
    }

    private CityConnection Connection(in CityMessage message) => _connections[_plan.ConnectionOf(message)]!;

    private MqttPublication Publication(in CityMessage message, ReadOnlySpan<byte> payload)
    {
        Interlocked.Increment(ref _sent);
        if (message.IsBroken)
        {
            Interlocked.Increment(ref _broken);
        }

        return new MqttPublication(message.Topic, payload.ToArray(), _qos, Tag: message.DueMs);
    }

    /// <summary>At most once: a state is not one of the publications that are counted.</summary>
    private static MqttPublication? State(string? topic, ReadOnlySpan<byte> state) =>
        topic is null ? null : new MqttPublication(topic, state.ToArray(), QualityOfService.AtMostOnce, Retain: true);

    private void OnTaken(long due)
    {
        Interlocked.Increment(ref _taken);
        var delay = -_pace!.Until(due);
        _delay.Add((long)(delay.TotalMilliseconds * 1e6));
        if (delay > LateAfter)
        {
            Interlocked.Increment(ref _late);
        }
    }
}
