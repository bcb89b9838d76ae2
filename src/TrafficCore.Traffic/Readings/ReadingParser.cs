using TrafficCore.Traffic.Network;

namespace TrafficCore.Traffic.Readings;

/// <summary>
/// Decodes a readings payload: one object, or an array of objects. A scanner takes the usual form, plain names and
/// numbers without escapes; whatever surprises it goes to a complete reader, with the same result.
/// </summary>
/// <remarks>
/// Ownership: one caller at a time; results are valid until the next <see cref="Parse"/>. It keeps its buffers and so
/// allocates nothing once they have grown. It never throws for what a payload holds.
/// </remarks>
public sealed class ReadingParser
{
    // A large payload's buffers are given back: 1,024 readings cover a minute of a big intersection's detectors.
    private const int KeepReadings = 1024;

    private ParsedReading[] _readings = new ParsedReading[8];
    private ParsedClass[] _classes = new ParsedClass[ReadingLimits.MaxClasses];
    private byte[] _text = new byte[256];
    private int _count;
    private int _classCount;
    private int _textLength;

    /// <summary>The elements of the payload parsed last, in order.</summary>
    public ReadOnlySpan<ParsedReading> Readings => _readings.AsSpan(0, _count);

    /// <summary>The classes of all elements; a reading names its range.</summary>
    public ReadOnlySpan<ParsedClass> Classes => _classes.AsSpan(0, _classCount);

    /// <summary>Decodes a payload.</summary>
    /// <param name="payload">JSON; a byte order mark is skipped.</param>
    /// <param name="namesDetectors">Whether each element must name its detector (the <c>detectors</c> topic).</param>
    public PayloadStatus Parse(ReadOnlySpan<byte> payload, bool namesDetectors)
    {
        Clear(shrink: true);
        if (ReadingScanner.TryScan(this, payload, namesDetectors))
        {
            return PayloadStatus.Ok;
        }

        return ParseAny(payload, namesDetectors);
    }

    /// <summary>The detector that an element names; empty when the topic says it.</summary>
    public ReadOnlySpan<byte> DetectorOf(in ParsedReading reading) => _text.AsSpan(reading.DetectorStart, reading.DetectorLength);

    /// <summary>The name of a class.</summary>
    public ReadOnlySpan<byte> NameOf(in ParsedClass item) => _text.AsSpan(item.NameStart, item.NameLength);

    /// <summary>Decodes without the scanner; for tests that compare the two.</summary>
    internal PayloadStatus ParseAny(ReadOnlySpan<byte> payload, bool namesDetectors)
    {
        Clear(shrink: false);
        PayloadStatus status = PayloadReader.Read(payload, new ReadingReader(this, namesDetectors));
        if (status != PayloadStatus.Ok)
        {
            Clear(shrink: false);
        }

        return status;
    }

    internal ref ParsedReading Add(in ParsedReading reading)
    {
        if (_count == _readings.Length)
        {
            Array.Resize(ref _readings, _count * 2);
        }

        ref ParsedReading added = ref _readings[_count++];
        added = reading;
        return ref added;
    }

    internal bool IsFull => _count == ReadingLimits.MaxElements;

    internal int ClassCount => _classCount;

    /// <summary>Takes a class for the reading whose classes began at <paramref name="start"/>; false when it may not have it.</summary>
    internal bool TryAddClass(int start, ReadOnlySpan<byte> name, NumberStatus status, long volume)
    {
        if (status != NumberStatus.Exact || volume is < 0 or > ReadingLimits.MaxVolume || _classCount - start == ReadingLimits.MaxClasses
            || !ClassName.IsValid(name))
        {
            return false;
        }

        for (int i = start; i < _classCount; i++)
        {
            if (NameOf(_classes[i]).SequenceEqual(name))
            {
                return false;
            }
        }

        if (_classCount == _classes.Length)
        {
            Array.Resize(ref _classes, _classCount * 2);
        }

        _classes[_classCount++] = new ParsedClass { Volume = (uint)volume, NameStart = AddText(name), NameLength = name.Length };
        return true;
    }

    /// <summary>Forgets classes back to a count that <see cref="ClassCount"/> gave.</summary>
    internal void DropClasses(int start) => _classCount = start;

    internal void SetDetector(ref ParsedReading reading, ReadOnlySpan<byte> id)
    {
        bool good = NetworkId.IsValid(id);
        ReadingRules.Detector(ref reading, good);
        if (good)
        {
            reading.DetectorStart = AddText(id);
            reading.DetectorLength = id.Length;
        }
    }

    private int AddText(ReadOnlySpan<byte> text)
    {
        if (_text.Length - _textLength < text.Length)
        {
            Array.Resize(ref _text, (_text.Length * 2) + text.Length);
        }

        int start = _textLength;
        text.CopyTo(_text.AsSpan(start));
        _textLength += text.Length;
        return start;
    }

    private void Clear(bool shrink)
    {
        _count = _classCount = _textLength = 0;
        if (shrink && _readings.Length > KeepReadings)
        {
            _readings = new ParsedReading[8];
            _classes = new ParsedClass[ReadingLimits.MaxClasses];
            _text = new byte[256];
        }
    }
}
