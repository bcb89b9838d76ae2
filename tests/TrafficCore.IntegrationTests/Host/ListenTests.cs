using System.Net;
using System.Net.Sockets;
using System.Text;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>Where the listeners can be reached.</summary>
public sealed class ListenTests
{
    [Fact]
    public async Task Http_MoreConnectionsThanAllowed_AreClosedAndTheOthersServed()
    {
        await using var service = await RunningService.StartAsync("--Http:MaxConnections=2");
        using var one = await OpenAsync(service);
        using var two = await OpenAsync(service);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(one), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(two), StringComparison.Ordinal);
        using var three = await OpenAsync(service);

        Assert.Equal("", await AskAsync(three));
        one.Dispose();
        await Eventually.ReachesAsync(
            async () =>
            {
                using var next = await OpenAsync(service);
                return (await AskAsync(next)).StartsWith("HTTP/1.1 200", StringComparison.Ordinal) ? null : "closed";
            },
            TimeSpan.FromSeconds(10));
    }

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

    private static async Task<Socket> OpenAsync(RunningService service)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, service.Service.Http.Port);
        return socket;
    }

    // What comes first; nothing when the connection is closed.
    private static async Task<string> AskAsync(Socket socket)
    {
        var buffer = new byte[4096];
        try
        {
            await socket.SendAsync("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer).WaitAsync(TimeSpan.FromSeconds(10)));
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
