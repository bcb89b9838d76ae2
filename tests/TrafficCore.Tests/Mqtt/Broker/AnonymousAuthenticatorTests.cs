using System.Net;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Broker;

public sealed class AnonymousAuthenticatorTests
{
    [Theory]
    [InlineData("127.0.0.1", ReasonCode.Success)]
    [InlineData("127.8.9.10", ReasonCode.Success)]
    [InlineData("::1", ReasonCode.Success)]
    [InlineData("::ffff:127.0.0.1", ReasonCode.Success)]
    [InlineData("192.0.2.10", ReasonCode.NotAuthorized)]
    [InlineData("::ffff:192.0.2.10", ReasonCode.NotAuthorized)]
    [InlineData("2001:db8::1", ReasonCode.NotAuthorized)]
    [InlineData("0.0.0.0", ReasonCode.NotAuthorized)]
    [InlineData(null, ReasonCode.NotAuthorized)]
    public async Task Authenticate_NotOpen_LetsInWhoIsOnThisMachine(string? address, ReasonCode expected)
    {
        var request = Request(address);
        var closed = await new AnonymousAuthenticator(isOpen: false).AuthenticateAsync(request, CancellationToken.None);
        var open = await new AnonymousAuthenticator(isOpen: true).AuthenticateAsync(request, CancellationToken.None);

        Assert.Equal(expected, closed.Reason);
        Assert.Equal((ReasonCode.Success, "li"), (open.Reason, open.UserName));
    }

    private static ConnectRequest Request(string? address) => new()
    {
        ClientId = "c",
        UserName = "li",
        Version = MqttVersion.V5,
        Remote = address is null ? null : new IPEndPoint(IPAddress.Parse(address), 50_000),
    };
}
