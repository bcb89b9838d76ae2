using System.Globalization;

namespace TrafficCore.Log;

/// <summary>
/// One segment file as known to writer and readers; immutable. Where its validity ends is not said here: at the base of
/// the next segment, or at the durable end.
/// </summary>
internal sealed record Segment(string Path, long Sequence, long Base, uint? Salt, long FileLength)
{
    private const string Extension = ".log";
    private const int SequenceDigits = 8;
    private const int BaseDigits = 16;

    /// <summary>Positions the file has room for.</summary>
    public long Capacity => CapacityOf(FileLength);

    public static long CapacityOf(long fileLength) =>
        Math.Max(0, fileLength - SegmentHeader.DataOffset) & ~(RecordCodec.Alignment - 1L);

    public static string NameOf(long sequence, long @base) =>
        string.Create(CultureInfo.InvariantCulture, $"{sequence:x8}-{@base:x16}{Extension}");

    public static bool TryParseName(string name, out long sequence, out long @base)
    {
        sequence = @base = 0;
        return name.Length == SequenceDigits + 1 + BaseDigits + Extension.Length
            && name.EndsWith(Extension, StringComparison.Ordinal)
            && name[SequenceDigits] == '-'
            && long.TryParse(name.AsSpan(0, SequenceDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out sequence)
            && long.TryParse(name.AsSpan(SequenceDigits + 1, BaseDigits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out @base)
            && @base >= 0;
    }

    public long OffsetOf(long position) => SegmentHeader.DataOffset + (position - Base);
}
