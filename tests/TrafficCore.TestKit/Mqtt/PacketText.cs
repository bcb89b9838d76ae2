using System.Text;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.TestKit.Mqtt;

/// <summary>Decodes any packet into text that names every field, for tests to compare.</summary>
public static class PacketText
{
    /// <summary>Describes one whole packet.</summary>
    /// <exception cref="MqttProtocolException">The packet breaks a rule.</exception>
    public static string Describe(ReadOnlySpan<byte> packet, MqttVersion version)
    {
        var status = MqttFrame.TryRead(packet, 1 << 20, out var header);
        if (status != FrameStatus.Whole)
        {
            throw new MqttProtocolException(ReasonCode.MalformedPacket, "frame " + status);
        }

        return Describe(header, packet.Slice(header.HeaderLength, header.BodyLength), version);
    }

    /// <summary>Describes a packet that was cut out of a stream.</summary>
    public static string Describe(in FrameHeader header, ReadOnlySpan<byte> body, MqttVersion version)
    {
        switch (header.Type)
        {
            case PacketType.Connect:
                var connect = ConnectView.Decode(body);
                return $"CONNECT {connect.Version} id={Text(connect.ClientId)} clean={connect.CleanStart} ka={connect.KeepAliveSeconds}"
                    + (connect.HasUserName ? " user=" + Text(connect.UserName) : "") + (connect.HasPassword ? " pass=" + Text(connect.Password) : "")
                    + (connect.HasWill ? $" will={Text(connect.WillTopic)}:{Text(connect.WillPayload)} q{(int)connect.WillQoS} r={connect.WillRetain}" : "")
                    + List(connect.Properties) + (connect.HasWill ? List(connect.WillProperties) : "");
            case PacketType.Connack:
                var connack = ConnackView.Decode(body, version);
                return $"CONNACK sp={connack.SessionPresent} {connack.Reason}" + List(connack.Properties);
            case PacketType.Publish:
                var publish = PublishView.Decode(header.First, body, version);
                return $"PUBLISH {Text(publish.Topic)} q{(int)publish.QoS} d={publish.Duplicate} r={publish.Retain} id={publish.PacketId} {Text(publish.Payload)}"
                    + List(publish.Properties);
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubrel or PacketType.Pubcomp:
                var ack = AckView.Decode(header.Type, body, version);
                return $"{header.Type} {ack.PacketId} {(byte)ack.Reason:X2}" + List(ack.Properties);
            case PacketType.Subscribe:
                var subscribe = SubscribeView.Decode(body, version);
                var text = $"SUBSCRIBE {subscribe.PacketId}" + List(subscribe.Properties);
                while (subscribe.Read())
                {
                    text += $" {Text(subscribe.Filter)}:{subscribe.Options.ToByte():X2}";
                }

                return text;
            case PacketType.Suback or PacketType.Unsuback:
                var suback = SubackView.Decode(header.Type, body, version);
                var reasons = $"{header.Type} {suback.PacketId}" + List(suback.Properties);
                for (var i = 0; i < suback.Count; i++)
                {
                    reasons += $" {(byte)suback[i]:X2}";
                }

                return reasons;
            case PacketType.Unsubscribe:
                var unsubscribe = UnsubscribeView.Decode(body, version);
                var filters = $"UNSUBSCRIBE {unsubscribe.PacketId}" + List(unsubscribe.Properties);
                while (unsubscribe.Read())
                {
                    filters += " " + Text(unsubscribe.Filter);
                }

                return filters;
            case PacketType.Disconnect or PacketType.Auth:
                var disconnect = DisconnectView.Decode(header.Type, body, version);
                return $"{header.Type} {(byte)disconnect.Reason:X2}" + List(disconnect.Properties);
            default:
                return $"{header.Type} {body.Length}";
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    private static string List(PropertyReader reader)
    {
        var text = new StringBuilder();
        while (reader.Read())
        {
            text.Append(' ').Append(reader.Id).Append('=').Append(
                reader.Id == PropertyId.UserProperty ? Text(reader.Bytes) + ":" + Text(reader.UserValue)
                : reader.Bytes.IsEmpty ? reader.Number.ToString(System.Globalization.CultureInfo.InvariantCulture)
                : Text(reader.Bytes));
        }

        return text.ToString();
    }
}
