using System.Net;
using System.Net.Sockets;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Demo;

/// <summary>The configuration of the demonstration's service.</summary>
internal static class DemoService
{
    /// <summary>Short windows, so that one closes every 10 s; 60 s and 15 min as usual beside them.</summary>
    private const string Windows = "10s,60s,900s";

    /// <summary>The first of <see cref="Windows"/>.</summary>
    public static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(10);

    /// <summary>Overrides in the form of the service's own command line.</summary>
    public static string[] Configure(DemoOptions options, string dataDirectory, string networkFile) =>
    [
        $"--Data:Directory={dataDirectory}",
        $"--Mqtt:Port={options.MqttPort ?? FreeOrAny(BrokerAddress.DefaultPort)}",
        $"--Http:Port={options.HttpPort ?? FreeOrAny(8080)}",
        $"--Network:File={networkFile}",
        "--Network:Open=true",
        $"--Windows:Length={Windows}",
        "--Boards:Rules:0:Name=slow-traffic",
        "--Boards:Rules:0:Window=10s",
        "--Boards:Rules:0:EnterWindows=1",
        "--Boards:Rules:0:ExitWindows=1",
        "--Boards:Rules:0:MinimumOn=15s",
        "--Boards:Rules:0:MinimumOff=10s",
        "--Boards:Rules:0:Expiry=60s",
        "--Boards:Rules:0:Steps:0:Name=slow",
        "--Boards:Rules:0:Steps:0:When:SpeedRatio:Enter=0.5",
        "--Boards:Rules:0:Steps:0:When:SpeedRatio:Exit=0.67",
        "--Boards:Rules:0:Steps:0:Priority=9",
        "--Boards:Rules:0:Steps:0:Text:0=SLOW TRAFFIC",
        "--Boards:Rules:0:Steps:0:Text:1=AHEAD",

        // A rush hour every few minutes: what is noise in a street is the show here.
        "--Boards:MaxChangesPerHour=120",
        "--Logging:LogLevel:Default=Warning",
    ];

    /// <summary>Writes the city's network file into a directory and returns its path.</summary>
    /// <exception cref="UsageException">The directory is a file.</exception>
    public static string WriteNetworkFile(byte[] network, string directory)
    {
        if (File.Exists(directory))
        {
            throw new UsageException($"--data: {directory} is a file, not a directory");
        }

        Directory.CreateDirectory(directory);
        var path = Path.Combine(directory, "demo-network.json");
        File.WriteAllBytes(path, network);
        return path;
    }

    /// <summary>The usual port when nobody has it on this machine; 0, any free one, otherwise.</summary>
    private static int FreeOrAny(int port)
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, port);
            probe.Start();
            return port;
        }
        catch (SocketException)
        {
            return 0;
        }
    }
}
