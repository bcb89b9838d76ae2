using System.Net;
using System.Net.Sockets;

namespace TrafficCore.TestKit.Processes;

/// <summary>Ports for programs that cannot bind port 0 and tell which one they got.</summary>
public static class FreePort
{
    /// <summary>A port of 127.0.0.1 that was free a moment ago, which is the best there is.</summary>
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
