using System.Net;
using System.Net.Sockets;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>Where the listeners can be reached.</summary>
public sealed class ListenTests
{
    [Fact]
    public async Task Listeners_OnAllAddresses_AreReachedOverBothFamilies()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        await using var service = await RunningService.StartAsync("--Mqtt:Anonymous=true", "--Http:Address=*");
        foreach (var endPoint in new[] { service.Service.Mqtt, service.Service.Http })
        {
            foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
            {
                using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(address, endPoint.Port);
                Assert.True(socket.Connected);
            }
        }
    }
}
