using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace TrafficCore.Host.Configuration;

/// <summary>Where a listener is reached: at one address of this machine, or at all of them.</summary>
/// <param name="Address">The address; null for all, over IPv6 and IPv4.</param>
/// <param name="Port">The port; 0 = any free one.</param>
internal readonly record struct ListenPoint(IPAddress? Address, int Port)
{
    /// <summary>What a wrong address is told.</summary>
    public const string Expected = "is not an IP address, localhost or *";

    private const string All = "*";

    /// <summary>Whether nobody but this machine can reach it.</summary>
    public bool IsLoopback => Address is { } one && IPAddress.IsLoopback(one);

    /// <summary>Reads an address, <c>localhost</c> (127.0.0.1) or <c>*</c>.</summary>
    public static bool TryParse(string address, int port, out ListenPoint point)
    {
        point = new ListenPoint(address is "localhost" ? IPAddress.Loopback : null, port);
        if (address is "localhost" or All)
        {
            return true;
        }

        if (!IPAddress.TryParse(address, out var one))
        {
            return false;
        }

        // "::" reaches what "*" does; 0.0.0.0 stays what it says, IPv4.
        point = new ListenPoint(one.Equals(IPAddress.IPv6Any) ? null : one, port);
        return true;
    }

    /// <summary>This machine only.</summary>
    public static ListenPoint Loopback(int port) => new(IPAddress.Loopback, port);

    /// <summary>All addresses of the machine.</summary>
    public static ListenPoint Everywhere(int port) => new(null, port);

    /// <summary>Adds the listener. Everywhere is one dual-stack socket, or an IPv4 socket where the machine has no IPv6.</summary>
    public void Listen(KestrelServerOptions kestrel, Action<ListenOptions> configure)
    {
        if (Address is { } one)
        {
            kestrel.Listen(one, Port, configure);
        }
        else
        {
            kestrel.ListenAnyIP(Port, configure);
        }
    }

    /// <summary>For messages: <c>127.0.0.1:1883</c>, <c>*:1883</c>.</summary>
    public override string ToString() => Address is { } one ? new IPEndPoint(one, Port).ToString() : FormattableString.Invariant($"{All}:{Port}");
}
