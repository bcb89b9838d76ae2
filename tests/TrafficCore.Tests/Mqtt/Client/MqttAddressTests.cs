using TrafficCore.Mqtt.Client;

namespace TrafficCore.Tests.Mqtt.Client;

public sealed class MqttAddressTests
{
    [Theory]
    [InlineData("mqtt://box", "box", 1883, false, null)]
    [InlineData("mqtts://box", "box", 8883, true, null)]
    [InlineData("ws://box", "box", 80, false, "/mqtt")]
    [InlineData("wss://box", "box", 443, true, "/mqtt")]
    [InlineData("wss://box:9001/broker/ws", "box", 9001, true, "/broker/ws")]
    [InlineData("mqtt://[::1]:1884/", "::1", 1884, false, null)]
    [InlineData("MQTT://Box:1884", "box", 1884, false, null)]
    public void Url_Valid_IsRead(string text, string host, int port, bool tls, string? path)
    {
        Assert.True(MqttAddress.TryParse(text, out var address, out _));
        Assert.Equal((host, port, tls, path), (address.Host, address.Port, address.IsTls, address.WebSocketPath));

        var options = new MqttClientOptions { Host = "", ClientId = "c" }.At(address);
        Assert.Equal((host, port, tls, path), (options.Host, options.Port, options.Tls is not null, options.WebSocketPath));
    }

    [Fact]
    public void Url_Account_IsDecodedAndItsPasswordNeverShown()
    {
        Assert.True(MqttAddress.TryParse("mqtts://me:p%40ss%3Aword@box:1", out var address, out _));
        Assert.Equal(("me", "p@ss:word", "mqtts://me@box:1"), (address.UserName, address.Password, address.ToString()));
        Assert.DoesNotContain("p@ss", new MqttClientOptions { Host = "", ClientId = "c" }.At(address).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("box:1883")]
    [InlineData("mqtt://")]
    [InlineData("http://box")]
    [InlineData("mqtt://box/topic")]
    [InlineData("mqtt://box?x=1")]
    [InlineData("mqtt://box:99999")]
    [InlineData("mqtt://:secret@box")]
    [InlineData("amqp://me:secret@box")]
    [InlineData("mqtt://me:secret@")]
    public void Url_Invalid_IsRefusedWithoutQuotingIt(string? text)
    {
        Assert.False(MqttAddress.TryParse(text, out var address, out var error));
        Assert.Null(address);
        Assert.NotEmpty(error);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
    }
}
