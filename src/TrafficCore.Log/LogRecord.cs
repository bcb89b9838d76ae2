namespace TrafficCore.Log;

/// <summary>A record as read; borrowed from its reader until the reader's next call.</summary>
public readonly ref struct LogRecord
{
    /// <summary>Makes a view of a record.</summary>
    public LogRecord(long position, long next, scoped in RecordHeader header, ReadOnlySpan<byte> body)
    {
        Position = position;
        Next = next;
        Header = header;
        Body = body;
    }

    /// <summary>Position of its header.</summary>
    public long Position { get; }

    /// <summary>Position behind it.</summary>
    public long Next { get; }

    /// <summary>Its header.</summary>
    public RecordHeader Header { get; }

    /// <summary>Its body, without padding.</summary>
    public ReadOnlySpan<byte> Body { get; }
}
