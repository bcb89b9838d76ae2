namespace TrafficCore.Host.Configuration;

/// <summary>What tells that a file may have changed, without reading it.</summary>
/// <param name="Exists">Whether it is there.</param>
/// <param name="Length">Bytes.</param>
/// <param name="WrittenUtc">Time of the last write.</param>
internal readonly record struct FileStamp(bool Exists, long Length, DateTime WrittenUtc)
{
    public static FileStamp Of(string path)
    {
        // FileInfo never throws for a missing file or directory; one without permission counts as missing.
        var file = new FileInfo(path);
        return file.Exists ? new FileStamp(true, file.Length, file.LastWriteTimeUtc) : default;
    }
}
