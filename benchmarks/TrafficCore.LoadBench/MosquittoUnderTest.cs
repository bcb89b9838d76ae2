using System.Net;
using System.Net.Sockets;

namespace TrafficCore.LoadBench;

/// <summary>mosquitto as the reference: the same load, on the same machine, minutes apart.</summary>
internal sealed class MosquittoUnderTest : IAsyncDisposable
{
    private readonly OwnedProcess _process;

    private MosquittoUnderTest(OwnedProcess process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public int ProcessId => _process.Id;

    /// <summary>Starts it with its defaults; user root, because it would otherwise give up its rights to write its files.</summary>
    public static async Task<MosquittoUnderTest> StartAsync(string directory)
    {
        var program = File.Exists("/usr/sbin/mosquitto") ? "/usr/sbin/mosquitto" : "mosquitto";
        var port = FreePort();
        var configuration = Path.Combine(directory, "mosquitto.conf");
        await File.WriteAllLinesAsync(configuration, ["user root", $"listener {port} 127.0.0.1", "allow_anonymous true"]);
        var process = OwnedProcess.Start(program, "-c", configuration);
        await process.WaitForAsync(static line => line.Contains(" running", StringComparison.Ordinal) ? line : null, TimeSpan.FromSeconds(20));
        return new MosquittoUnderTest(process, port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
