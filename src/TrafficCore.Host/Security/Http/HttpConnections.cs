using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.AspNetCore.Connections;
using TrafficCore.Host.Configuration;
using TrafficCore.Mqtt.Broker;

namespace TrafficCore.Host.Security.Http;

/// <summary>
/// Lets connections of HTTP in: so many of one address, and of all other machines together a few less than there may be, so that this machine always finds one free. What is too many is closed
/// before a byte is read, and counted.
/// </summary>
/// <remarks>
/// Ownership: any thread. Not bound by it are 127.0.0.1 and ::1, whose own bound is that of all connections: health checks ask from there, and a proxy on this machine brings everybody's requests
/// over one address. Other addresses of this machine are addresses like any.
/// </remarks>
internal sealed class HttpConnections : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "TrafficCore.Http";

    // One place in fifty, ten of 500: a health check and a scrape at a time need two, whoever looks why has the rest.
    private const int KeptForThisMachine = 50;

    private readonly AddressLimits addresses;
    private readonly int maxOthers;
    private readonly Meter meter;
    private readonly Counter<long> refused;
    private int others;

    public HttpConnections(HttpSettings settings, TimeProvider time, IMeterFactory meters)
    {
        addresses = new AddressLimits(settings.MaxConnectionsPerAddress, maxRate: 0, time);
        maxOthers = settings.MaxConnections - (settings.MaxConnections / KeptForThisMachine);
        meter = meters.Create(MeterName);
        refused = meter.CreateCounter<long>("trafficcore.http.connections_refused", description: "HTTP connections closed at once, by the limit they would have exceeded");
    }

    /// <summary>Serves a connection, or closes it.</summary>
    public async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var address = (connection.RemoteEndPoint as IPEndPoint)?.Address;
        if (IsThisMachine(address))
        {
            await next(connection);
            return;
        }

        if (!TryEnter(address))
        {
            connection.Abort();
            return;
        }

        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref others);
            addresses.Leave(address);
        }
    }

    public void Dispose() => meter.Dispose();

    private static bool IsThisMachine(IPAddress? address)
    {
        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return IPAddress.Loopback.Equals(plain) || IPAddress.IPv6Loopback.Equals(plain);
    }

    private bool TryEnter(IPAddress? address)
    {
        if (Interlocked.Increment(ref others) > maxOthers)
        {
            return Refuse("total");
        }

        return addresses.TryEnter(address) || Refuse("address");
    }

    private bool Refuse(string limit)
    {
        Interlocked.Decrement(ref others);
        refused.Add(1, new KeyValuePair<string, object?>("limit", limit));
        return false;
    }
}
