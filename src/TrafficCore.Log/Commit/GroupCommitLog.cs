using System.Diagnostics.Metrics;

namespace TrafficCore.Log;

public sealed class GroupCommitLog : IAsyncDisposable
{
    private GroupCommitLog() { }
    public static GroupCommitLog Open(string directory, LogOptions options, ILogFileSystem files, TimeProvider time, Func<uint> newSalt, IMeterFactory? meters = null, Action<LogFault>? onFault = null) => throw new NotImplementedException();
    public uint Salt => throw new NotImplementedException();
    public long Start => throw new NotImplementedException();
    public long DurableEnd => throw new NotImplementedException();
    public long DurableCount => throw new NotImplementedException();
    public bool IsAvailable => throw new NotImplementedException();
    public LogRecoveryReport Recovery => throw new NotImplementedException();
    /// <summary>Starts the committer.</summary>
    public void StartCommitting(ICommitSink sink) => throw new NotImplementedException();
    public bool TryAppend(ReadOnlySpan<byte> sealedRecords, int acks, ICommitWaiter? waiter, out long end) => throw new NotImplementedException();
    public ValueTask WaitForRoomAsync(CancellationToken cancel) => throw new NotImplementedException();
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> sealedRecords, CancellationToken cancel) => throw new NotImplementedException();
    public LogReader OpenReader(long from) => throw new NotImplementedException();
    public void RetainFrom(long position) => throw new NotImplementedException();
    public ValueTask DisposeAsync() => throw new NotImplementedException();
}
