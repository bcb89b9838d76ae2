using TrafficCore.Host.Configuration;

namespace TrafficCore.Tests.Host;

public sealed class ListenPointTests
{
    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:7", true)]
    [InlineData("localhost", "127.0.0.1:7", true)]
    [InlineData("::1", "[::1]:7", true)]
    [InlineData("*", "*:7", false)]
    [InlineData("::", "*:7", false)]
    [InlineData("0.0.0.0", "0.0.0.0:7", false)]
    [InlineData("192.0.2.1", "192.0.2.1:7", false)]
    public void TryParse_Address_IsRead(string text, string shown, bool isLoopback)
    {
        Assert.True(ListenPoint.TryParse(text, 7, out var point));
        Assert.Equal((shown, isLoopback), (point.ToString(), point.IsLoopback));
    }

    [Theory]
    [InlineData("")]
    [InlineData("example.org")]
    [InlineData("127.0.0.1:80")]
    [InlineData("+")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(ListenPoint.TryParse(text, 7, out _));
}
