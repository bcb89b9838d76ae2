using System.Globalization;

namespace TrafficCore.TestKit.Processes;

/// <summary>
/// A network namespace at the end of a cable on which packets are lost at random, both ways: real TCP with real loss. Packets are dropped by nftables, since not every kernel has netem.
/// </summary>
/// <remarks>Addresses are of 198.18.0.0/15, which is set aside for tests of networks (RFC 2544); nothing leaves the machine.</remarks>
public sealed class LossyNetwork : IDisposable
{
    private const string Here = "198.18.77.1";
    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"tc{Environment.ProcessId}");

    private LossyNetwork()
    {
    }

    /// <summary>Address inside, reachable from outside over the cable.</summary>
    public string Address => "198.18.77.2";

    /// <summary>Makes one without loss; null where this process may not.</summary>
    public static LossyNetwork? TryCreate()
    {
        var network = new LossyNetwork();
        if (network.TryLay())
        {
            return network;
        }

        network.Dispose();
        return null;
    }

    /// <summary>Command line that runs a program inside.</summary>
    public string[] Prefix(string program) => [RequiredTools.Find("ip")!, "netns", "exec", _name, program];

    /// <summary>From now on so many of a hundred packets are lost, each way.</summary>
    /// <exception cref="InvalidOperationException">The kernel refuses.</exception>
    public void Lose(int percent)
    {
        var share = percent.ToString(CultureInfo.InvariantCulture);
        var done = Nft("add", "table", "ip", "loss");
        foreach (var way in new[] { "input", "output" })
        {
            done = done && Nft("add", "chain", "ip", "loss", way, "{", "type", "filter", "hook", way, "priority", "0", ";", "}")
                && Nft("add", "rule", "ip", "loss", way, "numgen", "random", "mod", "100", "<", share, "drop");
        }

        if (!done)
        {
            throw new InvalidOperationException("nftables cannot drop packets at random here.");
        }
    }

    /// <summary>From now on none is lost.</summary>
    public void Mend() => Nft("delete", "table", "ip", "loss");

    /// <inheritdoc/>
    public void Dispose() => SystemTool.TryRun("ip", "netns", "delete", _name);

    // The cable goes with the namespace that one of its ends is in.
    private bool TryLay() =>
        SystemTool.TryRun("ip", "netns", "add", _name)
        && SystemTool.TryRun("ip", "link", "add", _name + "a", "type", "veth", "peer", "name", _name + "b", "netns", _name)
        && SystemTool.TryRun("ip", "address", "add", Here + "/30", "dev", _name + "a")
        && SystemTool.TryRun("ip", "link", "set", _name + "a", "up")
        && SystemTool.TryRun("ip", "-n", _name, "address", "add", Address + "/30", "dev", _name + "b")
        && SystemTool.TryRun("ip", "-n", _name, "link", "set", _name + "b", "up")
        && SystemTool.TryRun("ip", "-n", _name, "link", "set", "lo", "up");

    private bool Nft(params string[] arguments) => SystemTool.TryRun("ip", ["netns", "exec", _name, "nft", .. arguments]);
}
