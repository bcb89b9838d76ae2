using System.Buffers;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Wire;

/// <summary>The encoders produce the golden bytes.</summary>
public sealed class EncoderTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void Connect_311_MatchesTheVector()
    {
        MqttEncoder.Connect(_output, new ConnectPacket
        {
            Version = MqttVersion.V311,
            ClientId = "abc"u8,
            CleanStart = true,
            KeepAliveSeconds = 10,
            WillTopic = "w"u8,
            WillPayload = "gone"u8,
            WillQoS = QualityOfService.AtLeastOnce,
            HasUserName = true,
            UserName = "user"u8,
            HasPassword = true,
            Password = "secret"u8,
        });

        AssertWritten("10 26 00 04 'MQTT' 04 CE 00 0A 00 03 'abc' 00 01 'w' 00 04 'gone' 00 04 'user' 00 06 'secret'");
    }

    [Fact]
    public void Connect_5_MatchesTheVector()
    {
        var properties = new PropertyBuilder(stackalloc byte[4]); // too small on purpose: the builder moves to the heap
        properties.Add(PropertyId.ReceiveMaximum, 20);
        properties.Add(PropertyId.MaximumPacketSize, 4096);
        properties.Add(PropertyId.TopicAliasMaximum, 5);
        properties.Add(PropertyId.RequestResponseInformation, 1);
        var will = new PropertyBuilder(default);
        will.Add(PropertyId.WillDelayInterval, 5);
        will.Add(PropertyId.PayloadFormatIndicator, 1);
        will.Add(PropertyId.MessageExpiryInterval, 60);
        will.Add(PropertyId.ContentType, ReadOnlySpan<byte>.Empty);
        MqttEncoder.Connect(_output, new ConnectPacket
        {
            Version = MqttVersion.V5,
            ClientId = "c"u8,
            KeepAliveSeconds = 65535,
            Properties = properties.Written,
            WillTopic = "t"u8,
            WillPayload = "p"u8,
            WillProperties = will.Written,
            WillQoS = QualityOfService.ExactlyOnce,
            WillRetain = true,
        });

        AssertWritten(
            "10 31 00 04 'MQTT' 05 34 FF FF 0D 21 00 14 27 00 00 10 00 22 00 05 19 01 00 01 'c' 0F 18 00 00 00 05 01 01 02 00 00 00 3C 03 00 00 00 01 't' 00 01 'p'");
    }

    [Fact]
    public void Publish_5WithProperties_MatchesTheVector()
    {
        var properties = new PropertyBuilder(stackalloc byte[64]);
        properties.Add(PropertyId.PayloadFormatIndicator, 1);
        properties.Add(PropertyId.MessageExpiryInterval, 30);
        properties.Add(PropertyId.TopicAlias, 7);
        properties.Add(PropertyId.SubscriptionIdentifier, 129);
        properties.AddUser("k"u8, "v"u8);
        properties.Add(PropertyId.SubscriptionIdentifier, 1);
        MqttEncoder.Publish(_output, MqttVersion.V5, "a/b"u8, "{}"u8, QualityOfService.AtMostOnce, 0, retain: true, properties: properties.Written);

        AssertWritten("31 1E 00 03 'a/b' 16 01 01 02 00 00 00 1E 23 00 07 0B 81 01 26 00 01 'k' 00 01 'v' 0B 01 '{}'");
        Assert.Equal(_output.WrittenCount, MqttEncoder.PublishSize(MqttVersion.V5, 3, 2, QualityOfService.AtMostOnce, properties.Written));
    }

    [Theory]
    [InlineData(MqttVersion.V311, PacketType.Puback, ReasonCode.Success, "40 02 00 0A")]
    [InlineData(MqttVersion.V311, PacketType.Puback, ReasonCode.PayloadFormatInvalid, "40 02 00 0A")]
    [InlineData(MqttVersion.V5, PacketType.Puback, ReasonCode.PayloadFormatInvalid, "40 03 00 0A 99")]
    [InlineData(MqttVersion.V5, PacketType.Pubrec, ReasonCode.Success, "50 02 00 0A")]
    [InlineData(MqttVersion.V5, PacketType.Pubrel, ReasonCode.PacketIdentifierNotFound, "62 03 00 0A 92")]
    [InlineData(MqttVersion.V311, PacketType.Pubcomp, ReasonCode.Success, "70 02 00 0A")]
    public void Ack_BothWays_MatchesTheVector(MqttVersion version, PacketType type, ReasonCode reason, string hex)
    {
        MqttEncoder.Ack(_output, type, version, 10, reason);
        Span<byte> span = stackalloc byte[5];
        var size = MqttEncoder.Ack(span, type, version, 10, reason);

        AssertWritten(hex);
        Assert.Equal(_output.WrittenSpan, span[..size]);
    }

    [Fact]
    public void Subscribe_BothVersions_MatchTheVectors()
    {
        ReadOnlyMemory<byte>[] filters = ["a/b"u8.ToArray(), "c/d"u8.ToArray()];
        SubscribeOptions[] options = [new(QualityOfService.AtLeastOnce), new(QualityOfService.ExactlyOnce)];
        MqttEncoder.Subscribe(_output, MqttVersion.V311, 10, filters, options);
        MqttEncoder.Subscribe(_output, MqttVersion.V5, 10, filters, options);
        MqttEncoder.Unsubscribe(_output, MqttVersion.V311, 10, filters);
        MqttEncoder.Unsubscribe(_output, MqttVersion.V5, 10, filters);

        AssertWritten("82 0E 00 0A 00 03 'a/b' 01 00 03 'c/d' 02 82 0F 00 0A 00 00 03 'a/b' 01 00 03 'c/d' 02"
            + " A2 0C 00 0A 00 03 'a/b' 00 03 'c/d' A2 0D 00 0A 00 00 03 'a/b' 00 03 'c/d'");
    }

    [Fact]
    public void Answers_BothVersions_MatchTheVectors()
    {
        ReasonCode[] reasons = [ReasonCode.Success, ReasonCode.GrantedQoS2, ReasonCode.QuotaExceeded];
        MqttEncoder.Suback(_output, MqttVersion.V311, 10, reasons);
        MqttEncoder.Suback(_output, MqttVersion.V5, 10, reasons);
        MqttEncoder.Unsuback(_output, MqttVersion.V311, 10, reasons);
        MqttEncoder.Unsuback(_output, MqttVersion.V5, 10, [ReasonCode.NoSubscriptionExisted]);
        MqttEncoder.Connack(_output, MqttVersion.V311, true, ReasonCode.Success);
        MqttEncoder.Connack(_output, MqttVersion.V311, false, ReasonCode.QuotaExceeded);
        MqttEncoder.Connack(_output, MqttVersion.V5, false, ReasonCode.NotAuthorized);

        AssertWritten("90 05 00 0A 00 02 80 90 06 00 0A 00 00 02 97 B0 02 00 0A B0 04 00 0A 00 11 20 02 01 00 20 02 00 03 20 03 00 87 00");
    }

    [Fact]
    public void ShortPackets_MatchTheVectors()
    {
        MqttEncoder.Pingreq(_output);
        MqttEncoder.Pingresp(_output);
        MqttEncoder.Disconnect(_output, MqttVersion.V311, ReasonCode.ServerShuttingDown);
        MqttEncoder.Disconnect(_output, MqttVersion.V5, ReasonCode.Success);
        MqttEncoder.Disconnect(_output, MqttVersion.V5, ReasonCode.SessionTakenOver);
        var properties = new PropertyBuilder(default);
        properties.Add(PropertyId.AuthenticationMethod, "m"u8);
        properties.Add(PropertyId.AuthenticationData, "data"u8);
        MqttEncoder.Auth(_output, ReasonCode.ContinueAuthentication, properties.Written);

        AssertWritten("C0 00 D0 00 E0 00 E0 00 E0 01 8E F0 0D 18 0B 15 00 01 'm' 16 00 04 'data'");
    }

    private void AssertWritten(string hex) => Assert.Equal(Hex.Parse(hex), _output.WrittenSpan.ToArray());
}
