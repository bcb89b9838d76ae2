using System.Buffers;
using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What a client that is let in is told, and what holds from then on.</summary>
internal sealed partial class MqttConnection
{
    /// <summary>One less than the number that means for ever.</summary>
    private uint MaxSessionExpirySeconds => (uint)Math.Min(uint.MaxValue - 1, _runtime.Options.MaxSessionExpiry.TotalSeconds);

    private void Welcome(ConnectData connect, bool isPresent, byte[] limits)
    {
        _will = connect.Will;
        _window = Math.Min(connect.ReceiveMaximum, _runtime.Options.MaxInFlight);
        var keepAlive = KeepAliveOf(connect);
        _keepAliveTicks = keepAlive == 0 ? 0 : (int)Math.Ceiling(keepAlive * 1.5);
        _arrival.Resume(_runtime.Tick, packets: true, partial: false);
        Volatile.Write(ref _isConnected, 1);

        _output.AppendAnswer(Connack(isPresent, limits));
        _output.Open(_session!, _version, connect.MaximumPacketSize, Math.Min(connect.TopicAliasMaximum, _runtime.Options.TopicAliasMaximum));
        _session!.GoOnline(_output, _window);
        _output.Signal();
        BrokerLog.Connected(_runtime.Logger, _client!.ClientId, _client.Remote, (byte)_version, isPresent);
    }

    /// <summary>Seconds between packets that hold from now on: only a 5.0 client can be told of less than it asked for [MQTT-3.2.2-21].</summary>
    private int KeepAliveOf(ConnectData connect)
    {
        var max = (int)_runtime.Options.MaxKeepAlive.TotalSeconds;
        return connect.Version == MqttVersion.V5 && max > 0 ? Math.Min(connect.KeepAliveSeconds, max) : connect.KeepAliveSeconds;
    }

    /// <summary>Before 5.0 a session without clean start has no end of its own.</summary>
    private uint SessionExpiryOf(ConnectData connect) =>
        connect.Version == MqttVersion.V5 ? Math.Min(connect.SessionExpirySeconds, MaxSessionExpirySeconds) : connect.CleanStart ? 0 : MaxSessionExpirySeconds;

    private ReadOnlySpan<byte> Connack(bool isPresent, ReadOnlySpan<byte> properties)
    {
        var answer = new ArrayBufferWriter<byte>();
        MqttEncoder.Connack(answer, _version, isPresent && _version != MqttVersion.V31, ReasonCode.Success, properties); // 3.1 has no such flag
        return answer.WrittenSpan;
    }

    /// <summary>The server's limits as properties of CONNACK.</summary>
    private byte[] LimitsFor(ConnectData connect)
    {
        var properties = new PropertyBuilder(stackalloc byte[256]);
        var options = _runtime.Options;
        properties.Add(PropertyId.ReceiveMaximum, (uint)options.ReceiveMaximum);
        properties.Add(PropertyId.MaximumPacketSize, (uint)options.MaxPacketSize);
        properties.Add(PropertyId.TopicAliasMaximum, (uint)options.TopicAliasMaximum);
        if (KeepAliveOf(connect) is var keepAlive && keepAlive != connect.KeepAliveSeconds)
        {
            properties.Add(PropertyId.ServerKeepAlive, (uint)keepAlive);
        }

        if (_sessionExpirySeconds != connect.SessionExpirySeconds)
        {
            properties.Add(PropertyId.SessionExpiryInterval, _sessionExpirySeconds);
        }

        if (connect.AssignedId is { } id)
        {
            properties.Add(PropertyId.AssignedClientIdentifier, Encoding.UTF8.GetBytes(id));
        }

        return properties.Written.ToArray();
    }
}
