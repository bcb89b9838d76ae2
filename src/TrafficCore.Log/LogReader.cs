namespace TrafficCore.Log;

public enum LogReadStatus { Record, Gap, End }

public sealed class LogReader : IDisposable
{
    private LogReader() { }
    public static LogReader OpenDirectory(string directory, ILogFileSystem files, long from) => throw new NotImplementedException();
    public long Position => throw new NotImplementedException();
    public LogGap Gap => throw new NotImplementedException();
    public LogReadStatus Read(out LogRecord record) => throw new NotImplementedException();
    public bool TryReadBatch([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out LogBatch? batch) => throw new NotImplementedException();
    public void Seek(long position) => throw new NotImplementedException();
    public void Dispose() { }
}
