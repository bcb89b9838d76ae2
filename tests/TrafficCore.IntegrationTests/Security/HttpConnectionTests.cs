using System.Net;
using System.Net.Sockets;
using System.Text;
using TrafficCore.IntegrationTests.Host;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>
/// Who holds many HTTP connections, from raw sockets of other addresses of this machine: only 127.0.0.1 is what proxies and health checks come from, all others of 127.0.0.0/8 count like anybody's.
/// </summary>
public sealed class HttpConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData("")]
    [InlineData("GET /health/live HTTP/1.1\r\nHost: local")]
    public async Task Connections_OfOneAddressHeldHalfOpen_LeaveTheOthersTheirs(string held)
    {
        await using var service = await RunningService.StartAsync("--Http:MaxConnections=20", "--Http:MaxConnectionsPerAddress=5");
        var sockets = await HoldAsync(service, "127.0.0.3", 30, held);
        await ReachesAsync(async () => await AskAsync(service, "127.0.0.3") == "closed" && await RefusedAsync(service, "address") >= 25);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(service, "127.0.0.2"), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(service, "127.0.0.1"), StringComparison.Ordinal);

        sockets.ForEach(s => s.Dispose());
        await ReachesAsync(async () => (await AskAsync(service, "127.0.0.3")).StartsWith("HTTP/1.1 200", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Connections_OfManyAddressesTogether_LeaveThisMachineAPlace()
    {
        await using var service = await RunningService.StartAsync("--Http:MaxConnections=50", "--Http:MaxConnectionsPerAddress=20");
        List<Socket> sockets = [];
        foreach (var address in (string[])["127.0.0.3", "127.0.0.4", "127.0.0.5", "127.0.0.6"])
        {
            sockets.AddRange(await HoldAsync(service, address, 20, ""));
        }

        await ReachesAsync(async () => await AskAsync(service, "127.0.0.2") == "closed");
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(service, "127.0.0.1"), StringComparison.Ordinal);
        Assert.True(await RefusedAsync(service, "total") > 0);
        sockets.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Connections_OfAProxyOnThisMachine_AreNotBoundByTheAddress()
    {
        await using var service = await RunningService.StartAsync("--Http:MaxConnectionsPerAddress=2");
        var sockets = await HoldAsync(service, "127.0.0.1", 20, "GET /health/live HTTP/1.1\r\nHost: local");
        foreach (var socket in sockets)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes("host\r\n\r\n"));
            Assert.StartsWith("HTTP/1.1 200", await ReadAsync(socket), StringComparison.Ordinal);
            socket.Dispose();
        }
    }

    private static async Task<List<Socket>> HoldAsync(RunningService service, string from, int count, string text)
    {
        List<Socket> sockets = [];
        for (var i = 0; i < count; i++)
        {
            var socket = NewSocket(from);
            sockets.Add(socket);
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, service.Service.Http.Port);
                await socket.SendAsync(Encoding.ASCII.GetBytes(text));
            }
            catch (SocketException)
            {
                // Closed so soon that connecting or sending already saw the reset.
            }
        }

        return sockets;
    }

    private static Socket NewSocket(string from)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        return socket;
    }

    private static async Task<string> AskAsync(RunningService service, string from)
    {
        using var socket = NewSocket(from);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, service.Service.Http.Port);
            await socket.SendAsync(Encoding.ASCII.GetBytes("GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));
            return await ReadAsync(socket);
        }
        catch (SocketException)
        {
            return "closed";
        }
    }

    private static async Task<string> ReadAsync(Socket socket)
    {
        using var timeout = new CancellationTokenSource(Patience);
        var buffer = new byte[4096];
        var read = await socket.ReceiveAsync(buffer, timeout.Token);
        return read == 0 ? "closed" : Encoding.ASCII.GetString(buffer, 0, read);
    }

    private static async Task<long> RefusedAsync(RunningService service, string limit)
    {
        var line = (await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative))).Split('\n')
            .FirstOrDefault(l => l.StartsWith($"trafficcore_http_connections_refused_total{{limit=\"{limit}\"}}", StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[(line.LastIndexOf(' ') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }

    private static Task ReachesAsync(Func<Task<bool>> condition) => Eventually.ReachesAsync(async () => await condition() ? null : "not yet", Patience);
}
