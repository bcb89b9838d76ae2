using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Demo;

/// <summary>
/// A simulated display board: shows what it is told, blanks itself when a message expires, reports both, and leaves a will.
/// </summary>
/// <remarks>Ownership: <see cref="RunAsync"/> is one loop and owns everything.</remarks>
internal sealed class BoardDevice
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly MqttClientOptions _options;
    private readonly TimeProvider _time;
    private readonly string _root;
    private string? _id;
    private string _multi = "";
    private long _expires = long.MaxValue;
    private string? _error;

    public BoardDevice(string intersection, string board, BrokerAddress broker, TimeProvider time)
    {
        _time = time;
        _root = $"traffic/v1/{intersection}/board/{board}/";
        _options = broker.Options($"board-{intersection}-{board}") with
        {
            Will = new MqttPublication(_root + "state", "offline"u8.ToArray(), Retain: true),
            Time = time,
        };
    }

    /// <summary>Times that it lit up.</summary>
    public int Shown { get; private set; }

    /// <summary>Times that it went blank after a message.</summary>
    public int Cleared { get; private set; }

    /// <summary>Lives until cancelled; connects again when the connection is lost.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (true)
            {
                await TryServeAsync(cancellation);
                await Task.Delay(Pause, _time, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the demonstration.
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

    private async Task ServeAsync(MqttClient client, CancellationToken cancellation)
    {
        try
        {
            await client.PublishAsync(new MqttPublication(_root + "state", "online"u8.ToArray(), Retain: true), cancellation);
            await client.SubscribeAsync(_root + "message", cancellation: cancellation);
            while (true)
            {
                if (await NextAsync(client, cancellation) is { } message)
                {
                    Obey(message.Payload);
                }
                else
                {
                    Show("", long.MaxValue);
                }

                await client.PublishAsync(new MqttPublication(_root + "status", Status(), Retain: true), cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            await client.PublishAsync(new MqttPublication(_root + "state", "offline"u8.ToArray(), Retain: true), CancellationToken.None);
            await client.DisconnectAsync(CancellationToken.None);
        }
    }

    /// <summary>The next message, or null when the one that is shown has expired first.</summary>
    private async Task<MqttMessage?> NextAsync(MqttClient client, CancellationToken cancellation)
    {
        if (_expires == long.MaxValue)
        {
            return await client.Messages.ReadAsync(cancellation);
        }

        var left = Math.Clamp(_expires - _time.GetUtcNow().ToUnixTimeMilliseconds(), 0, int.MaxValue);
        using var expiry = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var timer = _time.CreateTimer(static s => ((CancellationTokenSource)s!).Cancel(), expiry, TimeSpan.FromMilliseconds(left), Timeout.InfiniteTimeSpan);
        try
        {
            return await client.Messages.ReadAsync(expiry.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private void Obey(ReadOnlyMemory<byte> payload)
    {
        if (payload.IsEmpty)
        {
            (_id, _error) = (null, null);
            Show("", long.MaxValue);
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(payload);
            var message = json.RootElement;
            _id = message.GetProperty("id").GetString();
            _error = null;
            Show(message.GetProperty("multi").GetString() ?? "", message.TryGetProperty("expires", out var expires) ? expires.GetInt64() : long.MaxValue);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            // A board that is told nonsense goes on showing what it showed, and says so.
            _error = e.Message;
        }
    }

    /// <summary>Counts changes between blank and lit; a message that is only prolonged is none.</summary>
    private void Show(string multi, long expires)
    {
        Shown += _multi.Length == 0 && multi.Length > 0 ? 1 : 0;
        Cleared += _multi.Length > 0 && multi.Length == 0 ? 1 : 0;
        (_multi, _expires) = (multi, expires);
    }

    private byte[] Status() => Encoding.UTF8.GetBytes(JsonLine.Of(new
    {
        id = _id,
        state = _error is not null ? "rejected" : _multi.Length > 0 ? "shown" : "blank",
        multi = _multi,
        ts = _time.GetUtcNow().ToUnixTimeMilliseconds(),
        error = _error,
    }));
}
