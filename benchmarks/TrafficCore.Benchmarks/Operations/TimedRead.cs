using System.Globalization;
using System.Text.RegularExpressions;

namespace TrafficCore.Benchmarks.Operations;

/// <summary>A socket read whose times can be moved: every reading needs one of its own, else it is a duplicate and takes another way.</summary>
/// <remarks>Ownership: one operation.</remarks>
internal sealed partial class TimedRead
{
    private readonly byte[] _bytes;
    private readonly (int At, long Time)[] _times;

    public TimedRead(byte[] bytes)
    {
        _bytes = bytes;

        // One character for each byte, so that places in the text are places in the bytes.
        _times = [.. UnixMs().Matches(System.Text.Encoding.Latin1.GetString(bytes)).Select(static found => (found.Index, long.Parse(found.ValueSpan, CultureInfo.InvariantCulture)))];
    }

    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Moves every time to so much after what it was at first.</summary>
    public void MoveTo(long ms)
    {
        foreach (var (at, time) in _times)
        {
            (time + ms).TryFormat(_bytes.AsSpan(at, 13), out _, default, CultureInfo.InvariantCulture);
        }
    }

    [GeneratedRegex("(?<![0-9])1[0-9]{12}(?![0-9])")]
    private static partial Regex UnixMs();
}
