using System.Buffers;
using TrafficCore.Boards.Memory;
using TrafficCore.Log;

namespace TrafficCore.Host.Boards;

/// <summary>The boards' memory in a directory of its own below the data directory; the last two documents are kept.</summary>
/// <remarks>Ownership: the boards' loop, so a slow disk delays boards and no MQTT connection.</remarks>
internal sealed class BoardStore(string directory, ILogFileSystem files, ILogger logger) : IBoardStore
{
    private SnapshotStore? store;

    // Opened with its first use, by the loop that owns it.
    private SnapshotStore Store => store ??= new SnapshotStore(directory, files);

    public byte[]? Load()
    {
        var found = Store.TryLoadLatest(out _, out var document);
        foreach (var damaged in Store.Damaged)
        {
            HostLog.BoardMemoryDamaged(logger, Path.Combine(directory, damaged));
        }

        return found ? document : null;
    }

    // No log belongs to it, hence no position; the newest document counts.
    public void Save(Action<IBufferWriter<byte>> write) => Store.Save(0, write);
}
