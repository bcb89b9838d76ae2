using System.Buffers;
using System.Globalization;
using System.Text;

namespace TrafficCore.Storage.Influx;

/// <summary>A growing buffer of line protocol that is reused: nothing is allocated once it has its size.</summary>
/// <remarks>Ownership: one loop. https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/</remarks>
internal sealed class LineBuffer
{
    // The longest number: a double such as -1.2345678901234567E-308.
    private const int LongestNumber = 32;

    // A double tells decimal numbers of 15 digits apart.
    private const long MostExact = 1_000_000_000_000_000;

    private static readonly SearchValues<byte> Special = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(c => (byte)c), 0x7f, (byte)' ', (byte)',', (byte)'=', (byte)'\\']);

    private byte[] _bytes = new byte[64 * 1024];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Gives up what was written after a length.</summary>
    public void CutTo(int length) => Length = length;

    public void Raw(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Room(text.Length));
        Length += text.Length;
    }

    public void Raw(byte character)
    {
        Room(1)[0] = character;
        Length++;
    }

    public void Integer(long value)
    {
        value.TryFormat(Room(LongestNumber), out int written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>The value of the tag <c>window</c>: <c>60s</c>.</summary>
    public void Window(long lengthMs)
    {
        bool seconds = lengthMs % 1000 == 0;
        Integer(seconds ? lengthMs / 1000 : lengthMs);
        Raw(seconds ? "s"u8 : "ms"u8);
    }

    /// <summary>The shortest digits that read back as the same value.</summary>
    public void Float(double value)
    {
        value.TryFormat(Room(LongestNumber), out int written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    /// <summary>
    /// Thousandths as a float: the same digits as <see cref="Float"/> writes for the quotient, which is the double next to it, in a tenth of the time.
    /// Most of what a row holds are thousandths.
    /// </summary>
    /// <param name="value">The number of thousandths, e.g. 41,200 for 41.2.</param>
    public void Thousandths(long value)
    {
        if (value is < 0 or >= MostExact)
        {
            Float(value / 1000.0);
            return;
        }

        (long whole, long rest) = Math.DivRem(value, 1000);
        Integer(whole);
        if (rest == 0)
        {
            return;
        }

        Span<byte> room = Room(4);
        room[0] = (byte)'.';
        room[1] = (byte)('0' + (rest / 100));
        room[2] = (byte)('0' + (rest / 10 % 10));
        room[3] = (byte)('0' + (rest % 10));
        Length += room[3] != '0' ? 4 : room[2] != '0' ? 3 : 2;
    }

    /// <summary>
    /// A tag value, tag key or field key. Comma, equals sign and space are escaped. A backslash and control characters cannot be written so that
    /// every reader takes them back the same way (a trailing backslash would escape the separator): they become underscores.
    /// </summary>
    public void Name(string text)
    {
        Span<byte> room = Room(Encoding.UTF8.GetMaxByteCount(text.Length) * 2);
        int written = Encoding.UTF8.GetBytes(text, room);
        if (room[..written].IndexOfAny(Special) < 0)
        {
            Length += written;
            return;
        }

        Length += EscapeName(room, written);
    }

    /// <summary>A string field, quoted; quote and backslash are escaped, everything else stands for itself.</summary>
    public void Text(string text)
    {
        Span<byte> room = Room(Encoding.UTF8.GetMaxByteCount(text.Length) * 2 + 2);
        room[0] = (byte)'"';
        int written = 1;
        Span<byte> utf8 = room[1..];
        int count = Encoding.UTF8.GetBytes(text, utf8);
        int escapes = utf8[..count].Count((byte)'"') + utf8[..count].Count((byte)'\\');
        int target = count + escapes;
        written += target;
        for (int from = count - 1; from >= 0 && target > from + 1; from--)
        {
            utf8[--target] = utf8[from];
            if (utf8[target] is (byte)'"' or (byte)'\\')
            {
                utf8[--target] = (byte)'\\';
            }
        }

        room[written] = (byte)'"';
        Length += written + 1;
    }

    /// <summary>Escapes in place, from the end, so that nothing is overwritten before it was read.</summary>
    private static int EscapeName(Span<byte> room, int count)
    {
        int target = count;
        foreach (byte character in room[..count])
        {
            target += character is (byte)' ' or (byte)',' or (byte)'=' ? 1 : 0;
        }

        int length = target;
        for (int from = count - 1; from >= 0; from--)
        {
            byte character = room[from];
            room[--target] = character < 32 || character is 0x7f or (byte)'\\' ? (byte)'_' : character;
            if (character is (byte)' ' or (byte)',' or (byte)'=')
            {
                room[--target] = (byte)'\\';
            }
        }

        return length;
    }

    private Span<byte> Room(int count)
    {
        if (_bytes.Length - Length < count)
        {
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        }

        return _bytes.AsSpan(Length);
    }
}
