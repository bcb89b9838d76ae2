using System.ComponentModel.DataAnnotations;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Where and as whom a client connects, and its bounds.</summary>
public sealed record MqttClientOptions
{
    /// <summary>The path at which MQTT is usually found behind a web server.</summary>
    public const string DefaultWebSocketPath = "/mqtt";

    /// <summary>Name or address of the broker.</summary>
    [Required]
    public required string Host { get; init; }

    /// <summary>TCP port. Default 1883, registered for MQTT.</summary>
    [Range(1, 65535)]
    public int Port { get; init; } = 1883;

    /// <summary>TLS, or null for none. Default null.</summary>
    public MqttTlsOptions? Tls { get; init; }

    /// <summary>Path of a WebSocket to speak over, such as <see cref="DefaultWebSocketPath"/>; null for plain TCP or TLS. Default null.</summary>
    public string? WebSocketPath { get; init; }

    /// <summary>Protocol. Default 5.0: the first that says why a publication was refused.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Client id; must be unique at the broker.</summary>
    [Required]
    public required string ClientId { get; init; }

    /// <summary>User name, or null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, or null for none.</summary>
    public string? Password { get; init; }

    /// <summary>
    /// Whether the broker forgets an earlier session of this id. Default true. False from a new process takes an earlier process's session over: right for
    /// one that only subscribes at QoS 0 and 1, since what such a session holds is all at the broker; not for QoS 2, whose packet ids died with the process.
    /// </summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the broker keeps the session after the connection (5.0; with 3.1.1 it decides itself). Default 0: not at all.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>Published at QoS 0 on each connection before anything else, such as the "online" that a will's "offline" belongs to; null for none.</summary>
    public MqttPublication? Birth { get; init; }

    /// <summary>Published by the broker when the connection ends without DISCONNECT; null for none.</summary>
    public MqttPublication? Will { get; init; }

    /// <summary>How long the broker waits with the will for the client to come back (5.0). Default 0: not at all.</summary>
    public TimeSpan WillDelay { get; init; }

    /// <summary>
    /// The client sends something at least this often, and takes a connection for dead that is silent for one and a half of it. Default 30 s: below the
    /// 60 s after which many mobile networks drop an idle mapping. Zero: no check.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long connecting may take, from dialling to CONNACK. Default 10 s: several round trips of a bad mobile link.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most publications at QoS 1 and 2 without an acknowledgement; the broker's receive maximum may lower it. Default 64:
    /// keeps a 5 ms commit busy at 10,000 messages a second.</summary>
    [Range(1, 32767)]
    public int Window { get; init; } = 64;

    /// <summary>Most bytes that wait for the socket before publishing waits. Default 256 KiB, a few socket buffers.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxBufferedBytes { get; init; } = 256 * 1024;

    /// <summary>
    /// Most received messages at QoS 1 and 2 without an answer. Default 1,024: 200,000 a second when they are answered every 5 ms. A 5.0 broker is told; of
    /// one that sends more all the same, no more is read while so many wait.
    /// </summary>
    [Range(1, 65535)]
    public int ReceiveMaximum { get; init; } = 1024;

    /// <summary>Most received messages that wait to be read; then the client stops reading the socket. Default 1,024.</summary>
    /// <remarks>Acknowledgements are not read then either: a reader that waits for its own publications must leave room.</remarks>
    [Range(1, int.MaxValue)]
    public int MaxQueuedMessages { get; init; } = 1024;

    /// <summary>Largest packet that is accepted; 5.0 brokers are told. Default 1 MiB, far above any payload of the contract.</summary>
    [Range(1024, 268_435_455)]
    public int MaxPacketSize { get; init; } = 1024 * 1024;

    /// <summary>Topic aliases that a 5.0 broker may set. Default 16, few bytes of memory, and enough for what a board or a simulator hears.</summary>
    [Range(0, 65535)]
    public int TopicAliasMaximum { get; init; } = 16;

    /// <summary>
    /// Whether each message waits for <see cref="MqttMessage.Acknowledge"/> before its PUBACK or PUBREC leaves. Default false: it leaves when the message is queued.
    /// </summary>
    public bool ManualAcknowledgement { get; init; }

    /// <summary>Takes deliveries as borrowed bytes instead of <see cref="MqttClient.Messages"/>, and acknowledges by ticket. Default null.</summary>
    public IMessageReceiver? Receiver { get; init; }

    /// <summary>Called on the client's loops, one call at a time, for each publication at QoS 1 and 2 that has ended; must neither block nor throw.</summary>
    public Action<MqttAcknowledgement>? OnAcknowledged { get; init; }

    /// <summary>Clock for keep-alive and time-outs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>How a connection is made; tests put scripted streams here.</summary>
    internal Func<MqttClientOptions, CancellationToken, Task<ClientTransport>> Dial { get; init; } = Dialer.DialAsync;

    internal ushort KeepAliveSeconds => (ushort)Math.Clamp(Math.Ceiling(KeepAlive.TotalSeconds), 0, ushort.MaxValue);

    /// <summary>The same options for a broker's URL, with its user name and password.</summary>
    /// <param name="address">The URL.</param>
    /// <param name="tls">How to check an encrypted connection; null: as the system does. Not used when the address is not encrypted.</param>
    public MqttClientOptions At(MqttAddress address, MqttTlsOptions? tls = null) => this with
    {
        Host = address.Host,
        Port = address.Port,
        Tls = address.IsTls ? tls ?? new MqttTlsOptions() : null,
        WebSocketPath = address.WebSocketPath,
        UserName = address.UserName,
        Password = address.Password,
    };

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{ClientId} at {Host}:{Port}";
}
