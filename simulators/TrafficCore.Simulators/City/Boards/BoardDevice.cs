using System.Threading.Channels;
using TrafficCore.Boards.Multi;
using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;
using Size = TrafficCore.Boards.Multi.BoardFace;

namespace TrafficCore.Simulators.City.Boards;

/// <summary>
/// A simulated display board on a connection of its own, because a will belongs to a connection: shows what it is told, blanks itself
/// when a message expires, reports both, and is away or wrong when its faults say so.
/// </summary>
/// <remarks>Ownership: <see cref="RunAsync"/> is one loop and owns everything.</remarks>
internal sealed class BoardDevice
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>How long a good-bye may take; a broker that hangs publishes the will.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly string _state;
    private readonly Action<BoardFace>? _onChange;

    /// <param name="intersection">Where it stands.</param>
    /// <param name="site">The board: its id and what fits on it.</param>
    /// <param name="broker">Where it connects.</param>
    /// <param name="time">Clock.</param>
    /// <param name="faults">What goes wrong with it; null: nothing.</param>
    /// <param name="onChange">Told when what stands on it has changed; null: nobody asks.</param>
    public BoardDevice(
        string intersection, BoardSite site, BrokerAddress broker, TimeProvider time, IReadOnlyList<BoardFault>? faults = null, Action<BoardFace>? onChange = null)
    {
        (_time, _onChange) = (time, onChange);
        var size = new Size(site.Lines, site.Characters, site.Pages, site.Colors);
        Face = new BoardFace(faults ?? [], multi => MultiLayout.Problems(multi, size) is [var first, ..] ? first : null);
        _root = $"{CityTopics.Root}/{intersection}/board/{site.Id}/";
        _state = CityTopics.State(intersection, "board", site.Id);
        _options = broker.Options($"board-{intersection}-{site.Id}") with
        {
            Will = State("offline"u8),
            Time = time,
        };
    }

    /// <summary>What it shows.</summary>
    public BoardFace Face { get; }

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Lives until cancelled; connects again when the connection is lost.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                if (Face.Find(FaultKind.Offline, Now) is { } offline)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(offline.UntilMs - Now, int.MaxValue)), _time, cancellation);
                }
                else
                {
                    await TryServeAsync(cancellation);
                    await Task.Delay(Pause, _time, cancellation);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the run.
        }
    }

    private async Task TryServeAsync(CancellationToken cancellation)
    {
        try
        {
            await using var client = await MqttClient.ConnectAsync(_options, cancellation);
            await ServeAsync(client, cancellation);
        }
        catch (Exception e) when (e is MqttConnectionException or ChannelClosedException)
        {
            // The service is away; the broker publishes the will.
        }
    }

    /// <summary>Serves until it goes offline, which ends without a good-bye, so that its will is published.</summary>
    private async Task ServeAsync(MqttClient client, CancellationToken cancellation)
    {
        try
        {
            await client.PublishAsync(State("online"u8), cancellation);
            await client.SubscribeAsync(_root + "message", cancellation: cancellation);
            while (Face.Find(FaultKind.Offline, Now) is null)
            {
                var before = Face.Multi;
                if (await NextAsync(client, cancellation) is { } message)
                {
                    Face.Obey(message.Payload.Span, Now);
                }
                else
                {
                    Face.Refresh(Now);
                }

                if (before != Face.Multi)
                {
                    _onChange?.Invoke(Face);
                }

                await client.PublishAsync(new MqttPublication(_root + "status", Face.Status(Now), Retain: true), cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            using var farewell = new CancellationTokenSource(Farewell, _time);
            await client.PublishAsync(State("offline"u8), farewell.Token);
            await client.DisconnectAsync(farewell.Token);
        }
    }

    /// <summary>The next message, or null when the board changes by itself first.</summary>
    private async Task<MqttMessage?> NextAsync(MqttClient client, CancellationToken cancellation)
    {
        var next = Face.NextChange(Now);
        if (next == long.MaxValue)
        {
            return await client.Messages.ReadAsync(cancellation);
        }

        using var change = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = _time.CreateTimer(
            static s => ((CancellationTokenSource)s!).Cancel(), change, TimeSpan.FromMilliseconds(Math.Clamp(next - Now, 0, int.MaxValue)), Timeout.InfiniteTimeSpan);
        try
        {
            return await client.Messages.ReadAsync(change.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private MqttPublication State(ReadOnlySpan<byte> state) => new(_state, state.ToArray(), Retain: true);
}
