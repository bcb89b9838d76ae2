using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using TrafficCore.Log;

namespace TrafficCore.Host.Upstream;

/// <summary>
/// As whom the service is known at the broker, and what it has subscribed to there: kept below the data directory, since the session belongs to the data.
/// </summary>
/// <remarks>Ownership: one thread at a time.</remarks>
internal sealed class UpstreamIdentity(string directory, ILogFileSystem files)
{
    private readonly SnapshotStore _store = new(directory, files);

    /// <summary>What was kept; null when nothing was, or nothing that can be read.</summary>
    public UpstreamMemory? Load() =>
        _store.TryLoadLatest(out _, out var document) && JsonSerializer.Deserialize<UpstreamMemory>(document) is { ClientId.Length: > 0 } memory ? memory : null;

    /// <summary>Makes it durable.</summary>
    public void Save(UpstreamMemory memory)
    {
        var document = JsonSerializer.SerializeToUtf8Bytes(memory);

        // No log belongs to it, hence no position; the newest document counts.
        _store.Save(0, writer => writer.Write(document));
    }

    /// <summary>A new client id. Random, because data directories on two machines may well have one path.</summary>
    public static string NewClientId() => "trafficcore-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
}

/// <summary>A client id and the filters that its session at the broker may have.</summary>
internal sealed record UpstreamMemory(string ClientId, IReadOnlyList<string> Filters);
