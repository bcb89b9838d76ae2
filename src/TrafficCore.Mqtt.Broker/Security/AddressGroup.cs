using System.Net;
using System.Net.Sockets;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What counts as one address when clients are bounded by it: an IPv4 address, or the /64 network that an IPv6 site gets and has 2^64 addresses in.</summary>
public static class AddressGroup
{
    private const int SubnetBytes = 8;

    /// <summary>The address that stands for the group; IPv4 peers of a dual-stack listener count as IPv4.</summary>
    public static IPAddress Of(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(SubnetBytes).Clear();
        return new IPAddress(bytes);
    }
}
