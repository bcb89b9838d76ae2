using System.Diagnostics.Metrics;

namespace TrafficCore.Log;

public sealed class LogWriter : IDisposable
{
    private LogWriter() { }
    public static LogWriter Open(string directory, LogOptions options, ILogFileSystem files, Func<uint> newSalt, IMeterFactory? meters = null, Action<LogFault>? onFault = null) => throw new NotImplementedException();
    public uint Salt => throw new NotImplementedException();
    public long Start => throw new NotImplementedException();
    public long End => throw new NotImplementedException();
    public long DurableEnd => throw new NotImplementedException();
    public LogRecoveryReport Recovery => throw new NotImplementedException();
    public long Append(byte type, byte version, int count, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body) => throw new NotImplementedException();
    public void AppendSealed(ReadOnlySpan<byte> records) => throw new NotImplementedException();
    public void Commit() => throw new NotImplementedException();
    public void RetainFrom(long position) => throw new NotImplementedException();
    public LogReader OpenReader(long from) => throw new NotImplementedException();
    public void Dispose() { }
}
