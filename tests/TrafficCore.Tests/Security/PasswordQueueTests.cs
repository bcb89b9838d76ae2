using System.Net;
using TrafficCore.Host.Security.Passwords;

namespace TrafficCore.Tests.Security;

public sealed class PasswordQueueTests
{
    [Fact]
    public void Take_OneAddressHasMany_OthersWaitForOneOfItsChecksEach()
    {
        var queue = new PasswordQueue(100);
        Add(queue, "192.0.2.1", 50);
        Add(queue, "192.0.2.2", 1);
        Add(queue, "192.0.2.3", 2);
        Assert.Equal(["1:0", "2:0", "3:0", "1:1", "3:1", "1:2", "1:3"], Enumerable.Range(0, 7).Select(_ => Describe(queue.Take())));
        Assert.Equal(46, queue.Count);
    }

    [Fact]
    public void Take_AddressThatCameBack_GetsInLineBehindTheOthers()
    {
        var queue = new PasswordQueue(100);
        Add(queue, "192.0.2.1", 1);
        Add(queue, "192.0.2.2", 2);
        Assert.Equal("1:0", Describe(queue.Take()));
        Add(queue, "192.0.2.1", 1);
        Assert.Equal(["2:0", "1:0", "2:1", "none"], Enumerable.Range(0, 4).Select(_ => Describe(queue.Take())));
    }

    [Fact]
    public void Add_Full_PushesOutTheNewestOfTheAddressWithTheMost()
    {
        var queue = new PasswordQueue(4);
        Assert.Equal(["none", "none", "none", "none", "1:4"], Add(queue, "192.0.2.1", 5));
        Assert.Equal(["1:3", "1:2", "2:2"], Add(queue, "192.0.2.2", 3));
        Assert.Equal(["1:1"], Add(queue, "192.0.2.3", 1));
        Assert.Equal(["1:0", "2:0", "3:0", "2:1", "none"], Enumerable.Range(0, 5).Select(_ => Describe(queue.Take())));
    }

    [Fact]
    public void Add_FullOfAsManyAddresses_RefusesTheNewest()
    {
        var queue = new PasswordQueue(2);
        Assert.Equal(["none", "none", "3:0"], [.. Add(queue, "192.0.2.1", 1), .. Add(queue, "192.0.2.2", 1), .. Add(queue, "192.0.2.3", 1)]);
    }

    [Fact]
    public void Take_AddressesOfOneIPv6Network_HaveOneTurn()
    {
        var queue = new PasswordQueue(100);
        Add(queue, "2001:db8::1", 1);
        Add(queue, "2001:db8::2", 1);
        Add(queue, "::ffff:192.0.2.3", 1);
        Assert.Equal(["1:0", "3:0", "2:0"], Enumerable.Range(0, 3).Select(_ => Describe(queue.Take())));
    }

    /// <summary>Adds checks, numbered from 0; those that were left without room.</summary>
    private static List<string> Add(PasswordQueue queue, string address, int count) => [.. Enumerable.Range(0, count)
        .Select(i => Describe(queue.Add(new PasswordCheck($"{address[^1]}:{i}", null, ReadOnlyMemory<byte>.Empty, IPAddress.Parse(address), CancellationToken.None))))];

    private static string Describe(PasswordCheck? check) => check?.Name ?? "none";
}
