using System.Buffers;

namespace TrafficCore.Log;

public sealed class SnapshotStore
{
    public SnapshotStore(string directory, ILogFileSystem files) => throw new NotImplementedException();
    public long? OldestPosition => throw new NotImplementedException();
    public IReadOnlyList<string> Damaged => throw new NotImplementedException();
    public void Save(long position, Action<IBufferWriter<byte>> write) => throw new NotImplementedException();
    public bool TryLoadLatest(out long position, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out byte[]? content) => throw new NotImplementedException();
}
