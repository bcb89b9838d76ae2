using System.ComponentModel.DataAnnotations;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Where and as whom a client connects, and its bounds.</summary>
public sealed record MqttClientOptions
{
    /// <summary>Name or address of the broker.</summary>
    [Required]
    public required string Host { get; init; }

    /// <summary>TCP port. Default 1883, registered for MQTT.</summary>
    [Range(1, 65535)]
    public int Port { get; init; } = 1883;

    /// <summary>Protocol. Default 5.0: the first that says why a publication was refused.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V5;

    /// <summary>Client id; must be unique at the broker.</summary>
    [Required]
    public required string ClientId { get; init; }

    /// <summary>User name, or null for none.</summary>
    public string? UserName { get; init; }

    /// <summary>Password, or null for none.</summary>
    public string? Password { get; init; }

    /// <summary>Whether the broker forgets an earlier session of this id. Default true.</summary>
    public bool CleanStart { get; init; } = true;

    /// <summary>How long the broker keeps the session after the connection (5.0). Default 0: not at all.</summary>
    public TimeSpan SessionExpiry { get; init; }

    /// <summary>Published by the broker when the connection ends without DISCONNECT; null for none.</summary>
    public MqttPublication? Will { get; init; }

    /// <summary>
    /// Longest silence, in both directions, before the connection counts as dead. Default 30 s: below the 60 s after which many
    /// mobile networks drop an idle mapping. Zero: no check.
    /// </summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long connecting may take, CONNACK included. Default 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most publications at QoS 1 without an acknowledgement; the broker's receive maximum may lower it. Default 64:
    /// keeps a 5 ms commit busy at 10,000 messages a second.</summary>
    [Range(1, 32767)]
    public int Window { get; init; } = 64;

    /// <summary>Most bytes that wait for the socket before publishing waits. Default 256 KiB, a few socket buffers.</summary>
    [Range(1024, int.MaxValue)]
    public int MaxBufferedBytes { get; init; } = 256 * 1024;

    /// <summary>Most received messages that wait to be read; then the client stops reading the socket. Default 1,024.</summary>
    [Range(1, int.MaxValue)]
    public int MaxQueuedMessages { get; init; } = 1024;

    /// <summary>Largest packet that is accepted. Default 1 MiB, far above any payload of the contract.</summary>
    [Range(1024, 268_435_455)]
    public int MaxPacketSize { get; init; } = 1024 * 1024;

    /// <summary>Called on the reading loop for each acknowledgement; must not block.</summary>
    public Action<MqttAcknowledgement>? OnAcknowledged { get; init; }

    /// <summary>Clock for keep-alive and time-outs.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    internal ushort KeepAliveSeconds => (ushort)Math.Clamp(Math.Ceiling(KeepAlive.TotalSeconds), 0, ushort.MaxValue);
}
