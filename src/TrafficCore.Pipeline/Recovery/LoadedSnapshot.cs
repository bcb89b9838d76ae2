using TrafficCore.Log;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>The latest good snapshot, or what a service without one starts from.</summary>
internal sealed class LoadedSnapshot
{
    private readonly ReadOnlyMemory<byte> _content;

    private LoadedSnapshot(SnapshotHead? head, ReadOnlyMemory<byte> content)
    {
        Head = head;
        _content = content;
    }

    /// <summary>Null without a snapshot.</summary>
    public SnapshotHead? Head { get; }

    public long Position => Head?.Position ?? 0;

    public long Count => Head?.Count ?? 0;

    public long OutputFrom => Head?.OutputFrom ?? 0;

    /// <param name="store">Where they are.</param>
    /// <param name="passOver">So many are passed over, the newest first.</param>
    public static LoadedSnapshot Load(SnapshotStore store, int passOver = 0) => Of(store.TryLoadLatest(out _, out var content, passOver) ? content : null);

    public static LoadedSnapshot Of(byte[]? content)
    {
        if (content is null)
        {
            return new LoadedSnapshot(null, default);
        }

        var loaded = new LoadedSnapshot(null, content);
        return new LoadedSnapshot(SnapshotHead.Read(loaded.Find(SnapshotTags.Head)!.Value), content);
    }

    /// <summary>All parts from the beginning, for a shard to take its own from.</summary>
    public SnapshotPartReader Parts() => new(_content);

    public ReadOnlyMemory<byte>? Find(uint tag)
    {
        foreach (var part in Parts().Parts())
        {
            if (part.Tag == tag)
            {
                return part.Content;
            }
        }

        return null;
    }

    public ReceivedCounts Received() => Find(SnapshotTags.Received) is { } content ? ReceivedCounts.Read(content) : new ReceivedCounts();
}
