using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.Shards;

/// <summary>All versions of the network file that the log has seen, in order.</summary>
internal sealed class NetworkTimeline
{
    private readonly List<NetworkInForce> _versions = [];

    public IReadOnlyList<NetworkInForce> Versions => _versions;

    /// <summary>Whether the newest version names detectors: their silence is a row that only a tick can write.</summary>
    public bool AwaitsDetectors { get; private set; }

    public NetworkInForce Add(long receivedMs, NetworkFile file)
    {
        // The door checked the file before it logged it. A file that an older program accepted and this one does not names nothing.
        RoadNetwork network = file.Network ?? RoadNetwork.Empty;
        var version = new NetworkInForce(_versions.Count, receivedMs, network, file);
        _versions.Add(version);
        AwaitsDetectors = network.Intersections.Any(site => site.Detectors.Count > 0);
        return version;
    }

    /// <summary>The version that rules a window: the last that was received at or before its start, else the first; null without any.</summary>
    public NetworkInForce? At(long start)
    {
        for (int i = _versions.Count - 1; i > 0; i--)
        {
            if (_versions[i].ReceivedMs <= start)
            {
                return _versions[i];
            }
        }

        return _versions.Count > 0 ? _versions[0] : null;
    }
}

/// <summary>One version of the network file and when it was received.</summary>
internal sealed record NetworkInForce(int Version, long ReceivedMs, RoadNetwork Network, NetworkFile File);
