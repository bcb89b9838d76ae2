namespace TrafficCore.Log;

public sealed class CursorFile
{
    public CursorFile(string directory, string name, ILogFileSystem files) => throw new NotImplementedException();
    public long Position => throw new NotImplementedException();
    public void Save(long position) => throw new NotImplementedException();
}
