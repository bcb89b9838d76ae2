namespace TrafficCore.Log;

/// <summary>An open file, read and written at positions. Reads may come from several threads.</summary>
public interface ILogFile : IDisposable
{
    /// <summary>Current length in bytes.</summary>
    long Length { get; }

    /// <summary>Reads at an offset until the span is full or the file ends; returns the bytes read.</summary>
    int Read(Span<byte> destination, long offset);

    /// <summary>Writes all bytes at an offset, extending the file when needed.</summary>
    void Write(ReadOnlySpan<byte> source, long offset);

    /// <summary>
    /// Makes what was written durable (fdatasync). After a failure nothing is known of what was written since the last
    /// success, and a second call may claim success falsely: never call it again on this file.
    /// </summary>
    void Sync();
}
