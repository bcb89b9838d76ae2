using System.Buffers;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Wire;

/// <summary>Every packet of both versions, byte for byte, and what is refused.</summary>
public sealed class GoldenVectorTests
{
    public static TheoryData<MqttVersion, string, string> Vectors()
    {
        var data = new TheoryData<MqttVersion, string, string>();
        foreach (var (version, hex, meaning) in GoldenVectors.All)
        {
            data.Add(version, hex, meaning);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Vectors))]
    public void Decode_GoldenVector_MeansWhatTheSpecificationSays(MqttVersion version, string hex, string meaning) =>
        Assert.Equal(meaning, PacketText.Describe(Hex.Parse(hex), version));

    [Fact]
    public void Vectors_CoverEveryPacketOfBothVersions()
    {
        var seen = GoldenVectors.All.Select(v => (v.Version == MqttVersion.V5, Hex.Parse(v.Hex)[0] >> 4)).ToHashSet();

        Assert.All(Enumerable.Range(1, 11), type => Assert.True(seen.Contains((true, type)) && seen.Contains((false, type)), $"type {type}"));
        Assert.Contains((true, 15), seen);
    }

    [Theory]
    [InlineData("00 00", "type 0")]
    [InlineData("F0 80 80 80 80 01", "five length bytes")]
    [InlineData("40 82 00 00 01", "length not in its shortest form")]
    [InlineData("11 0C 00 04 'MQTT' 04 02 00 3C 00 00", "CONNECT flags")]
    [InlineData("36 05 00 01 'a' 00 01", "QoS 3")]
    [InlineData("38 03 00 01 'a'", "DUP at QoS 0")]
    [InlineData("60 02 00 01", "PUBREL flags")]
    [InlineData("80 06 00 01 00 01 'a' 00", "SUBSCRIBE flags")]
    [InlineData("10 0C 00 04 'MQTT' 04 03 00 3C 00 00", "reserved connect flag")]
    [InlineData("10 0C 00 04 'MQTT' 04 0A 00 3C 00 00", "will QoS without will")]
    [InlineData("10 0E 00 04 'MQTT' 04 42 00 3C 00 00 00 00", "3.1.1 password without user name")]
    [InlineData("10 0D 00 04 'MQTT' 04 02 00 3C 00 00 00", "bytes after the end")]
    [InlineData("32 05 00 01 'a' 00 00", "packet identifier 0")]
    [InlineData("30 03 00 01 '+'", "wildcard in a topic name")]
    [InlineData("30 02 00 00", "empty topic name")]
    [InlineData("30 03 00 01 00", "U+0000")]
    [InlineData("30 05 00 03 ED A0 80", "a surrogate in UTF-8")]
    [InlineData("30 04 00 02 C0 80", "overlong UTF-8")]
    [InlineData("30 03 00 05 'a'", "topic longer than the packet")]
    [InlineData("82 02 00 01", "SUBSCRIBE without filter")]
    [InlineData("82 06 00 01 00 01 'a' 03", "QoS 3 asked for")]
    [InlineData("82 06 00 01 00 01 'a' 04", "5.0 options before 5.0")]
    [InlineData("A2 02 00 01", "UNSUBSCRIBE without filter")]
    [InlineData("C0 80 00", "PINGREQ length in two bytes")]
    [InlineData("40 03 00 01 00", "reason in a 3.1.1 PUBACK")]
    public void Decode_Broken311Packet_IsRefused(string hex, string what) => AssertRefused(hex, MqttVersion.V311, what);

    [Theory]
    [InlineData("30 08 00 01 'a' 04 01 00 01 00", "repeated property")]
    [InlineData("30 06 00 01 'a' 02 01 02", "payload format 2")]
    [InlineData("30 07 00 01 'a' 03 23 00 00", "topic alias 0")]
    [InlineData("30 06 00 01 'a' 02 0B 00", "subscription identifier 0")]
    [InlineData("30 09 00 01 'a' 05 11 00 00 00 01", "session expiry in PUBLISH")]
    [InlineData("30 06 00 01 'a' 02 7F 00", "unknown property")]
    [InlineData("30 05 00 01 'a' 09 01", "property length over the packet")]
    [InlineData("30 08 00 01 'a' 04 08 00 01 '#'", "wildcard in a response topic")]
    [InlineData("10 10 00 04 'MQTT' 05 02 00 3C 03 21 00 00 00 00", "receive maximum 0")]
    [InlineData("10 12 00 04 'MQTT' 05 02 00 3C 05 27 00 00 00 00 00 00", "maximum packet size 0")]
    [InlineData("10 11 00 04 'MQTT' 05 02 00 3C 04 16 00 01 'x' 00 00", "authentication data without method")]
    [InlineData("82 07 00 01 00 00 01 'a' C0", "reserved option bits")]
    [InlineData("82 07 00 01 00 00 01 'a' 30", "retain handling 3")]
    [InlineData("82 10 00 01 00 00 0A '$share/g/a' 04", "no local on a shared subscription")]
    [InlineData("30 0B 00 01 'a' 07 26 00 01 'k' 00 01 FF", "a user property's value that is not UTF-8")]
    [InlineData("30 07 00 01 'a' 04 08 00 01 FF", "a response topic that is not UTF-8")]
    [InlineData("30 07 00 01 'a' 04 03 00 01 FF", "a content type that is not UTF-8")]
    [InlineData("A2 06 00 01 00 00 01 FF", "a filter to unsubscribe that is not UTF-8")]
    [InlineData("82 07 00 01 00 00 01 FF 00", "a filter that is not UTF-8")]
    [InlineData("E1 01 00", "DISCONNECT flags")]
    [InlineData("E0 01 05", "a DISCONNECT reason that is not one")]
    [InlineData("A0 06 00 01 00 00 01 'a'", "UNSUBSCRIBE flags")]
    [InlineData("10 0F 00 04 'MQTT' 05 82 00 3C 00 00 01 'c'", "a user name flag without a user name")]
    [InlineData("10 11 00 04 'MQTT' 05 02 00 3C 00 00 01 'c' 00 00", "a user name without its flag")]
    [InlineData("10 0F 00 04 'MQTT' 05 06 00 3C 00 00 01 'c'", "a will flag without a will")]
    [InlineData("10 0F 00 04 'MQTT' 05 22 00 3C 00 00 01 'c'", "will retain without will")]
    [InlineData("10 16 00 04 'MQTT' 05 1E 00 3C 00 00 01 'c' 00 00 01 'w' 00 01 'x'", "will QoS 3")]
    [InlineData("10 0F 00 04 'MQTT' 05 02 00 3C 00 00 01 FF", "a client id that is not UTF-8")]
    [InlineData("40 03 00 01 92", "a PUBACK reason that is not one")]
    [InlineData("20 03 02 00 00", "CONNACK flags")]
    public void Decode_Broken5Packet_IsRefused(string hex, string what) => AssertRefused(hex, MqttVersion.V5, what);

    [Theory]
    [InlineData("10 0C 00 04 'MQTT' 06 02 00 3C 00 00")]
    [InlineData("10 0C 00 04 'MQTX' 04 02 00 3C 00 00")]
    [InlineData("10 0C 00 04 'mqtt' 04 02 00 3C 00 00")]
    public void Connect_OfAnotherProtocol_IsAnUnsupportedVersion(string hex)
    {
        var e = Assert.Throws<MqttProtocolException>(() => PacketText.Describe(Hex.Parse(hex), MqttVersion.V5));

        Assert.Equal(ReasonCode.UnsupportedProtocolVersion, e.Reason);
    }

    [Fact]
    public void Frame_DeclaredLengthOverTheLimit_IsRefusedWithoutTheBody()
    {
        Assert.Equal(FrameStatus.TooLarge, MqttFrame.TryRead(Hex.Parse("30 FF FF FF 7F"), 1024, out _));
        Assert.Equal(FrameStatus.TooLarge, MqttFrame.TryRead(Hex.Parse("30 FF 07"), 1025, out _));
        Assert.Equal(FrameStatus.Incomplete, MqttFrame.TryRead(Hex.Parse("30 FF 07"), 1026, out _));
    }

    [Theory]
    [InlineData(0, "00")]
    [InlineData(127, "7F")]
    [InlineData(128, "80 01")]
    [InlineData(16_383, "FF 7F")]
    [InlineData(16_384, "80 80 01")]
    [InlineData(2_097_151, "FF FF 7F")]
    [InlineData(2_097_152, "80 80 80 01")]
    [InlineData(268_435_455, "FF FF FF 7F")]
    public void VariableByteInteger_Table1Dash1_RoundTrips(int value, string hex)
    {
        Span<byte> buffer = stackalloc byte[4];
        var size = VariableByteInteger.Write(buffer, value);

        Assert.Equal(Hex.Parse(hex), buffer[..size].ToArray());
        Assert.Equal(size, VariableByteInteger.TryRead(buffer[..size], out var read));
        Assert.Equal(value, read);
        Assert.Equal(size, VariableByteInteger.SizeOf(value));
    }

    private static void AssertRefused(string hex, MqttVersion version, string what)
    {
        var bytes = Hex.Parse(hex);
        try
        {
            Assert.Fail($"{what} was accepted: {PacketText.Describe(bytes, version)}");
        }
        catch (MqttProtocolException e)
        {
            Assert.True(e.Reason.IsError());
        }
    }
}
