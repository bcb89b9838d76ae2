using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline;

/// <summary>One version of the road network and when the log received it.</summary>
/// <param name="Version">Number from 1.</param>
/// <param name="ReceivedMs">Receive time of its record, Unix milliseconds UTC.</param>
/// <param name="Network">The network.</param>
public sealed record NetworkVersion(uint Version, long ReceivedMs, RoadNetwork Network);

/// <summary>Every version of the road network that the durable log holds.</summary>
/// <remarks>Ownership: the shard that keeps the control state adds, in log order; anyone reads an immutable list that is swapped whole.</remarks>
public sealed class NetworkHistory
{
    private NetworkVersion[] _versions = [];

    /// <summary>The versions in log order.</summary>
    public IReadOnlyList<NetworkVersion> Versions => Volatile.Read(ref _versions);

    /// <summary>The newest version, or null when no network file was ever given.</summary>
    public NetworkVersion? Current => Volatile.Read(ref _versions) is [.., var last] ? last : null;

    /// <summary>The version for a window that starts at this time: the newest received until then, else the first; null when there is none.</summary>
    /// <param name="startMs">Window start, Unix milliseconds UTC.</param>
    public NetworkVersion? InForceAt(long startMs)
    {
        var versions = Volatile.Read(ref _versions);
        for (var i = versions.Length - 1; i >= 0; i--)
        {
            if (versions[i].ReceivedMs <= startMs)
            {
                return versions[i];
            }
        }

        return versions is [var first, ..] ? first : null;
    }

    internal void Add(NetworkVersion version) => Volatile.Write(ref _versions, [.. _versions, version]);
}
