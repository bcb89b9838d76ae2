namespace TrafficCore.Pipeline.Recovery;

/// <summary>A moment of a log, for retention by age.</summary>
/// <param name="Position">Position in the log.</param>
/// <param name="TimeMs">When it was the end, Unix milliseconds UTC.</param>
internal readonly record struct LogMark(long Position, long TimeMs);

/// <summary>What a snapshot says about itself and the other logs.</summary>
internal sealed record SnapshotHead
{
    // Raised when a part changes in a way that an older program must not read.
    private const int FormatVersion = 1;

    /// <summary>Input position of all state in the snapshot.</summary>
    public required long Position { get; init; }

    /// <summary>Sum of the header counts in front of <see cref="Position"/>.</summary>
    public required long Count { get; init; }

    /// <summary>Every output with a cause at or behind <see cref="Position"/> lies at or behind this output position.</summary>
    public required long OutputFrom { get; init; }

    /// <summary>Lowest position in the state log that the snapshot refers to; <see cref="long.MaxValue"/> when there is none.</summary>
    public required long OldestPage { get; init; }

    /// <summary>Moments of the input log, oldest first.</summary>
    public required IReadOnlyList<LogMark> InputMarks { get; init; }

    /// <summary>Moments of the output log, oldest first.</summary>
    public required IReadOnlyList<LogMark> OutputMarks { get; init; }

    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write(FormatVersion);
        writer.Write(Position);
        writer.Write(Count);
        writer.Write(OutputFrom);
        writer.Write(OldestPage);
        WriteMarks(writer, InputMarks);
        WriteMarks(writer, OutputMarks);
        writer.Flush();
        return stream.ToArray();
    }

    /// <exception cref="InvalidDataException">The snapshot is of a format that this program does not know.</exception>
    public static SnapshotHead Read(ReadOnlyMemory<byte> source)
    {
        using var reader = new BinaryReader(new MemoryStream(source.ToArray()));
        var version = reader.ReadInt32();
        if (version != FormatVersion)
        {
            throw new InvalidDataException($"Snapshot format {version} is not known to this version of the service.");
        }

        return new SnapshotHead
        {
            Position = reader.ReadInt64(),
            Count = reader.ReadInt64(),
            OutputFrom = reader.ReadInt64(),
            OldestPage = reader.ReadInt64(),
            InputMarks = ReadMarks(reader),
            OutputMarks = ReadMarks(reader),
        };
    }

    private static void WriteMarks(BinaryWriter writer, IReadOnlyList<LogMark> marks)
    {
        writer.Write(marks.Count);
        foreach (var mark in marks)
        {
            writer.Write(mark.Position);
            writer.Write(mark.TimeMs);
        }
    }

    private static LogMark[] ReadMarks(BinaryReader reader)
    {
        var marks = new LogMark[reader.ReadInt32()];
        for (var i = 0; i < marks.Length; i++)
        {
            marks[i] = new LogMark(reader.ReadInt64(), reader.ReadInt64());
        }

        return marks;
    }
}
