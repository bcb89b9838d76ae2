using System.Globalization;

namespace TrafficCore.Log;

/// <summary>
/// One segment file as known to writer and readers; immutable. Where its validity ends is not said here: at the base of
/// the next segment, or at the durable end.
/// </summary>
internal sealed record Segment(string Path, long Sequence, long Base, uint? Salt, long FileLength)
{
    public const string Extension = ".log";
    public const string PackedExtension = ".pack";
    private const int SequenceDigits = 8;
    private const int BaseDigits = 16;

    /// <summary>Positions the file has room for.</summary>
    public long Capacity => CapacityOf(FileLength);

    public static long CapacityOf(long fileLength) =>
        Math.Max(0, fileLength - SegmentHeader.DataOffset) & ~(RecordCodec.Alignment - 1L);

    /// <summary>The file is a <see cref="PackedFile"/>.</summary>
    public bool IsPacked => Path.EndsWith(PackedExtension, StringComparison.Ordinal);

    /// <summary>Bytes the file takes; <see cref="FileLength"/> is that of the plain segment.</summary>
    public long StoredBytes { get; init; } = FileLength;

    /// <summary>Path of the same segment when it is packed.</summary>
    public string PackedPath => System.IO.Path.ChangeExtension(Path, PackedExtension);

    /// <summary>Path of the same segment when it is not packed.</summary>
    public string PlainPath => System.IO.Path.ChangeExtension(Path, Extension);

    public static string NameOf(long sequence, long @base) =>
        string.Create(CultureInfo.InvariantCulture, $"{sequence:x8}-{@base:x16}{Extension}");

    public static bool TryParseName(string name, out long sequence, out long @base)
    {
        const int Digits = SequenceDigits + 1 + BaseDigits;
        sequence = @base = 0;
        return name.Length > Digits
            && name.AsSpan(Digits) is Extension or PackedExtension
            && name[SequenceDigits] == '-'
            && long.TryParse(name.AsSpan(0, SequenceDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out sequence)
            && long.TryParse(name.AsSpan(SequenceDigits + 1, BaseDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out @base)
            && @base >= 0;
    }

    /// <summary>Opens the file to read it at the offsets of the plain segment.</summary>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public ILogFile Open(ILogFileSystem files)
    {
        var file = files.Open(Path, writable: false);
        return IsPacked ? new PackedFile(file) : file;
    }

    public long OffsetOf(long position) => SegmentHeader.DataOffset + (position - Base);
}
