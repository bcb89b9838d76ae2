using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Delivery;

/// <summary>
/// Publishes as a good device does: comes back after a lost connection and sends again, in order, what was not acknowledged. A refusal would only be
/// repeated, and is not tried again.
/// </summary>
/// <remarks>Ownership: any thread.</remarks>
internal sealed class ReliablePublisher : IAsyncDisposable
{
    /// <summary>The client's own default: keeps a commit of 5 ms busy at 10,000 messages a second.</summary>
    public const int DefaultWindow = 64;

    private readonly BrokerAddress _broker;
    private readonly MqttClientOptions _options;
    private readonly ReconnectOptions _reconnect;
    private ReconnectingMqttClient? _client;

    /// <param name="broker">Where to.</param>
    /// <param name="clientId">As whom.</param>
    /// <param name="patience">How long to try to connect before giving up.</param>
    /// <param name="time">Clock.</param>
    /// <param name="birth">Published at each connect, before anything else; null: nothing.</param>
    /// <param name="will">Published by the broker when the connection is lost, and by us before the good-bye; null: nothing.</param>
    /// <param name="window">Publications without an acknowledgement at most.</param>
    public ReliablePublisher(
        BrokerAddress broker, string clientId, TimeSpan patience, TimeProvider time, MqttPublication? birth = null, MqttPublication? will = null, int window = DefaultWindow)
    {
        _broker = broker;

        // It only publishes, and what is not acknowledged is kept here: a session at the broker would have nothing to hold.
        _options = broker.Options(clientId) with { CleanStart = false, Birth = birth, Will = will, Window = window, Time = time };
        _reconnect = new ReconnectOptions
        {
            FirstPause = TimeSpan.FromMilliseconds(100),
            LongestPause = TimeSpan.FromSeconds(2),
            RetryRefused = false,
            GiveUpAfter = patience,
        };
    }

    /// <summary>Publications that the broker took.</summary>
    public long Acknowledged => _client?.Counts.Acknowledged ?? 0;

    /// <summary>Publications that the broker answered with an error.</summary>
    public long Refused => _client?.Counts.Refused ?? 0;

    /// <summary>Times it had to connect again.</summary>
    public int Reconnects => Math.Max(0, (_client?.Counts.Connections ?? 0) - 1);

    private ReconnectingMqttClient Client =>
        _client ??= ReconnectingMqttClient.Start(_options, _reconnect, new Random(HashCode.Combine(_options.ClientId, _broker.Port)));

    /// <summary>Connects; for callers that want to know early whether anybody is there.</summary>
    /// <exception cref="MqttConnectionException">Nobody let it in within its patience.</exception>
    public Task ConnectAsync(CancellationToken cancellation) => Client.WhenConnectedAsync(cancellation);

    /// <summary>Hands a publication over; its payload must not change any more.</summary>
    /// <exception cref="MqttConnectionException">Nobody let it in within its patience.</exception>
    public Task EnqueueAsync(MqttPublication publication, CancellationToken cancellation) => Client.EnqueueAsync(publication, cancellation).AsTask();

    /// <summary>Waits until everything is acknowledged.</summary>
    /// <exception cref="MqttConnectionException">Nobody let it in within its patience.</exception>
    public Task DrainAsync(CancellationToken cancellation) => Client.DrainAsync(cancellation);

    /// <summary>Says good-bye.</summary>
    public async Task DisconnectAsync(CancellationToken cancellation)
    {
        if (_client is not null)
        {
            if (_options.Will is { } last)
            {
                // At most once: it is not one of the publications that are counted.
                await _client.EnqueueAsync(last with { QoS = QualityOfService.AtMostOnce }, cancellation);
            }

            await _client.DisconnectAsync(cancellation);
        }
    }

    public ValueTask DisposeAsync() => _client?.DisposeAsync() ?? ValueTask.CompletedTask;
}
