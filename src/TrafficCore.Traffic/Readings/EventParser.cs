using System.Text.Json;

namespace TrafficCore.Traffic.Readings;

/// <summary>Decodes an events payload: <c>{"seq":7,"events":[[ts, code, parameter], ...]}</c>.</summary>
/// <remarks>Ownership and buffers are as in <see cref="ReadingParser"/>.</remarks>
public sealed class EventParser
{
    // Ten seconds of the busiest intersection seen, 76 events, and a good deal of back-fill.
    private const int KeepEvents = 4096;

    private ParsedEvent[] _events = new ParsedEvent[16];
    private int _count;

    /// <summary>The elements of the payload parsed last, in order.</summary>
    public ReadOnlySpan<ParsedEvent> Events => _events.AsSpan(0, _count);

    /// <summary>The batch counter modulo 2^32; null when it was not sent.</summary>
    public uint? Sequence { get; private set; }

    /// <summary>Whether <c>seq</c> was sent and is impossible.</summary>
    public bool SequenceDropped { get; private set; }

    /// <summary>Decodes a payload.</summary>
    public PayloadStatus Parse(ReadOnlySpan<byte> payload)
    {
        if (_events.Length > KeepEvents)
        {
            _events = new ParsedEvent[16];
        }

        Clear();
        return EventScanner.TryScan(this, payload) ? PayloadStatus.Ok : ParseAny(payload);
    }

    /// <summary>Decodes without the scanner; for tests that compare the two.</summary>
    internal PayloadStatus ParseAny(ReadOnlySpan<byte> payload)
    {
        Clear();
        if (!PayloadReader.TryOpen(payload, out Utf8JsonReader reader, out int offset))
        {
            return PayloadStatus.BadJson;
        }

        PayloadStatus status = reader.TokenType == JsonTokenType.StartObject ? ReadBatch(ref reader, offset) : PayloadStatus.BadShape;
        if (status != PayloadStatus.Ok)
        {
            Clear();
        }

        return status;
    }

    internal bool IsFull => _count == ReadingLimits.MaxElements;

    internal void Add(in ParsedEvent item)
    {
        if (_count == _events.Length)
        {
            Array.Resize(ref _events, _count * 2);
        }

        _events[_count++] = item;
    }

    internal void SetSequence(NumberStatus status, long value)
    {
        bool good = status == NumberStatus.Exact && value >= 0;
        Sequence = good ? (uint)value : null;
        SequenceDropped = !good;
    }

    /// <summary>What the three numbers of an event must be; both decoders come here.</summary>
    internal static ParsedEvent Judge(ReadOnlySpan<NumberStatus> statuses, ReadOnlySpan<long> values, int offset, int end)
    {
        bool readable = !statuses.ContainsAnyExcept(NumberStatus.Exact)
            && values[1] is >= 0 and <= ushort.MaxValue && values[2] is >= int.MinValue and <= int.MaxValue;
        bool good = readable && values[0] is >= 0 and <= ReadingLimits.MaxTimestamp;
        return new ParsedEvent
        {
            // A time that cannot be is kept where nothing else is wrong: its unit may say why.
            Timestamp = readable ? values[0] : 0,
            Code = good ? (ushort)values[1] : (ushort)0,
            Parameter = good ? (int)values[2] : 0,
            Fault = good ? ReadingFault.None : ReadingFault.BadEvent,
            Offset = offset,
            Length = end - offset,
        };
    }

    private PayloadStatus ReadBatch(ref Utf8JsonReader reader, int offset)
    {
        bool found = false;
        Span<byte> buffer = stackalloc byte[8];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadOnlySpan<byte> name = JsonText.TryUnescape(reader.ValueSpan, buffer, out int length) ? buffer[..length] : default;
            bool isSequence = name.SequenceEqual("seq"u8);
            bool isEvents = name.SequenceEqual("events"u8);
            reader.Read();
            if (isEvents)
            {
                found = reader.TokenType == JsonTokenType.StartArray;
                _count = 0;
                if (found && !ReadEvents(ref reader, offset))
                {
                    return PayloadStatus.TooLarge;
                }
            }
            else if (isSequence)
            {
                ReadSequence(ref reader);
            }

            reader.Skip();
        }

        return found ? PayloadStatus.Ok : PayloadStatus.BadShape;
    }

    private void ReadSequence(ref Utf8JsonReader reader)
    {
        SetSequence(JsonNumber.Read(reader, 0, out long value), value);
        SequenceDropped &= reader.TokenType != JsonTokenType.Null;
    }

    private bool ReadEvents(ref Utf8JsonReader reader, int offset)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (IsFull)
            {
                return false;
            }

            ReadEvent(ref reader, offset);
        }

        return true;
    }

    private void ReadEvent(ref Utf8JsonReader reader, int offset)
    {
        Span<NumberStatus> statuses = stackalloc NumberStatus[3];
        Span<long> values = stackalloc long[3];
        statuses.Clear();
        int start = offset + (int)reader.TokenStartIndex;
        int count = 0;
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                int i = 0;
                if (reader.TokenType == JsonTokenType.Number && count < 3)
                {
                    statuses[count] = JsonNumber.Read(reader.ValueSpan, ref i, 0, out values[count]);
                }

                count++;
                reader.Skip();
            }
        }

        reader.Skip();
        if (count != 3)
        {
            statuses.Clear();
        }

        Add(Judge(statuses, values, start, offset + (int)reader.BytesConsumed));
    }

    private void Clear()
    {
        _count = 0;
        Sequence = null;
        SequenceDropped = false;
    }
}
