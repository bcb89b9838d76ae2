using System.Buffers;
using Microsoft.Extensions.Logging;
using TrafficCore.Log;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.City;

/// <summary>Keeps what the index is made from over a restart, together with the output position that it is of. The last two are kept.</summary>
/// <remarks>Ownership: the index's loop.</remarks>
internal sealed class CityMemory(string directory, ILogFileSystem files, ILogger logger)
{
    private readonly BodyWriter _body = new();
    private SnapshotStore? _store;

    // Opened with its first use, by the loop that owns it.
    private SnapshotStore Store => _store ??= new SnapshotStore(directory, files);

    /// <summary>The bytes that were saved last and are whole, and their position; null when there are none.</summary>
    public (byte[] Bytes, long Position)? Load()
    {
        var found = Store.TryLoadLatest(out var position, out var bytes);
        foreach (var damaged in Store.Damaged)
        {
            CityIndexLog.Damaged(logger, Path.Combine(directory, damaged));
        }

        return found ? (bytes!, position) : null;
    }

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="IOException">The disk refuses; what was saved before is as it was.</exception>
    public void Save(CityIndexState state, long position)
    {
        _body.Clear();
        CityStateCodec.Write(_body, state);
        Store.Save(position, writer => writer.Write(_body.Written));
    }
}
