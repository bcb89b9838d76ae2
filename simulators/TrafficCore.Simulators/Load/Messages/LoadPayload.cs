using System.Text.Unicode;

namespace TrafficCore.Simulators.Load;

/// <summary>Writes payloads. The same message always gives the same bytes.</summary>
/// <remarks>Ownership: any thread; each writes into a buffer of its own, so a payload is valid until the thread's next one.</remarks>
internal sealed class LoadPayload(LoadMix mix)
{
    /// <summary>Longest element of an array: a reading with every field, all numbers at their longest, is 176 bytes.</summary>
    private const int ElementBytes = 192;

    [ThreadStatic]
    private static byte[]? t_buffer;

    /// <summary>The payload of a message.</summary>
    public ReadOnlySpan<byte> Write(in LoadMessage message)
    {
        var most = Math.Max(mix.Bytes, (message.Unit.Items * ElementBytes) + ElementBytes);
        if (t_buffer is null || t_buffer.Length < most)
        {
            t_buffer = new byte[most];
        }

        var text = new PayloadText(t_buffer);
        switch (message.Unit.Kind)
        {
            case LoadKind.Readings:
                Readings(ref text, message);
                break;
            case LoadKind.Events:
                Events(ref text, message);
                break;
            case LoadKind.Environment:
                Environment(ref text, message);
                break;
            default:
                var occupied = 100 + (message.Sequence % 400);
                Utf8.TryWrite(text.Rest, $"{{\"ts\":{message.Timestamp},\"capacity\":500,\"occupied\":{occupied}}}", out text.Last);
                text.Advance();
                break;
        }

        return text.PadTo(mix.Bytes);
    }

    private void Readings(ref PayloadText text, in LoadMessage message)
    {
        var unit = message.Unit;
        var isArray = unit.Items > 1 || unit.FirstDetector > 0;
        if (isArray)
        {
            text.Write("["u8);
        }

        for (var i = 0; i < unit.Items; i++)
        {
            text.Write(i > 0 ? ","u8 : default);
            Reading(ref text, message, i);
        }

        if (isArray)
        {
            text.Write("]"u8);
        }
    }

    private void Reading(ref PayloadText text, in LoadMessage message, int i)
    {
        var (unit, n) = (message.Unit, message.Sequence + (uint)i);
        var volume = LoadMessage.VolumeOf(n);
        text.Write("{"u8);
        var timestamp = message.Timestamp;
        if (unit.FirstDetector > 0)
        {
            // One reading each: their common counter is the message's, and their time is the same.
            Utf8.TryWrite(text.Rest, $"\"detector\":\"d-{unit.FirstDetector + i:D2}\",", out text.Last);
            text.Advance();
            n = message.Sequence;
        }
        else
        {
            timestamp += (long)i * message.Step;
        }

        Utf8.TryWrite(text.Rest, $"\"ts\":{timestamp},\"interval\":{unit.IntervalMs},\"volume\":{volume}", out text.Last);
        text.Advance();
        if (mix.Fields >= LoadFields.Usual)
        {
            Utf8.TryWrite(text.Rest, $",\"seq\":{n},\"occupancy\":{10 + (n % 80)}.{n % 9},\"speed\":{20 + (n % 40)}.{n % 7}", out text.Last);
            text.Advance();
        }

        if (mix.Fields == LoadFields.Full)
        {
            Utf8.TryWrite(text.Rest, $",\"classes\":{{\"car\":{volume - (volume / 4)},\"truck\":{volume / 4}}}", out text.Last);
            text.Advance();
        }

        text.Write("}"u8);
    }

    private static void Events(ref PayloadText text, in LoadMessage message)
    {
        var items = message.Unit.Items;
        Utf8.TryWrite(text.Rest, $"{{\"seq\":{message.Sequence / (uint)items},\"events\":[", out text.Last);
        text.Advance();
        for (var i = 0; i < items; i++)
        {
            // Detectors of 16 channels go on and off in turn: codes 82 and 81 of the Indiana enumeration.
            var n = message.Sequence + (uint)i;
            text.Write(i > 0 ? ","u8 : default);
            Utf8.TryWrite(text.Rest, $"[{message.Timestamp + ((long)i * message.Step)},{(n % 2 == 0 ? 82 : 81)},{1 + (n / 2 % 16)}]", out text.Last);
            text.Advance();
        }

        text.Write("]}"u8);
    }

    private static void Environment(ref PayloadText text, in LoadMessage message)
    {
        var n = message.Sequence;
        Utf8.TryWrite(text.Rest, $"{{\"ts\":{message.Timestamp},\"rain\":{n % 6}.{n % 9},\"waterLevel\":{n % 30},\"visibility\":{1000 + (n % 9000)},\"temperature\":{5 + (n % 25)}.{n % 7}}}", out text.Last);
        text.Advance();
    }

    /// <summary>UTF-8 text in a buffer that is large enough. Only whole numbers that are not negative are formatted, so no culture has a say.</summary>
    private ref struct PayloadText(Span<byte> buffer)
    {
        private readonly Span<byte> _buffer = buffer;
        private int _length;

        /// <summary>Bytes that were formatted into <see cref="Rest"/> last.</summary>
        public int Last;

        public readonly Span<byte> Rest => _buffer[_length..];

        public void Advance() => _length += Last;

        public void Write(ReadOnlySpan<byte> text)
        {
            text.CopyTo(Rest);
            _length += text.Length;
        }

        /// <summary>Fills the last object up with a field that means nothing, and returns the whole.</summary>
        public ReadOnlySpan<byte> PadTo(int bytes)
        {
            var before = ",\"pad\":\""u8;
            var after = _buffer[_length - 1] == (byte)']' ? "\"}]"u8 : "\"}"u8;
            var fill = bytes - _length - before.Length - 1;
            if (fill >= 0)
            {
                _length -= after.Length - 1;
                Write(before);
                Rest[..fill].Fill((byte)'x');
                _length += fill;
                Write(after);
            }

            return _buffer[.._length];
        }
    }
}
