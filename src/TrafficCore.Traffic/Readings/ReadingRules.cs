using System.Numerics;
using System.Runtime.CompilerServices;

namespace TrafficCore.Traffic.Readings;

/// <summary>The fields of a reading, one bit each; the optional ones as in <see cref="ReadingFields"/>.</summary>
[Flags]
internal enum FieldBit : uint
{
    None = 0,
    Timestamp = ReadingFields.Timestamp,
    Interval = ReadingFields.Interval,
    Occupancy = ReadingFields.Occupancy,
    Speed = ReadingFields.Speed,
    Sequence = ReadingFields.Sequence,
    Classes = ReadingFields.Classes,
    Volume = 64,
    Detector = 128,

    /// <summary>A field that means nothing to us; may repeat.</summary>
    Other = 256,
}

/// <summary>What each field of a reading must be. Both decoders come here with the number they read, so they cannot differ.</summary>
internal static class ReadingRules
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Timestamp(ref ParsedReading reading, NumberStatus status, long value)
    {
        reading.Timestamp = value;
        Must(ref reading, ReadingFields.Timestamp, ReadingFault.BadTimestamp, IsIn(status, value, 0, ReadingLimits.MaxTimestamp));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interval(ref ParsedReading reading, NumberStatus status, long value)
    {
        reading.Interval = (uint)value;
        Must(ref reading, ReadingFields.Interval, ReadingFault.BadInterval, IsIn(status, value, 1, ReadingLimits.MaxInterval));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Volume(ref ParsedReading reading, NumberStatus status, long value)
    {
        reading.Volume = (uint)value;
        Must(ref reading, ReadingFields.None, ReadingFault.BadVolume, IsIn(status, value, 0, ReadingLimits.MaxVolume));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Occupancy(ref ParsedReading reading, NumberStatus status, long value)
    {
        reading.Occupancy = (int)value;
        May(ref reading, ReadingFields.Occupancy, status >= NumberStatus.Rounded && (ulong)value <= ReadingLimits.MaxOccupancy);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Speed(ref ParsedReading reading, NumberStatus status, long value)
    {
        reading.Speed = (ushort)value;
        May(ref reading, ReadingFields.Speed, status >= NumberStatus.Rounded && (ulong)value <= ReadingLimits.MaxSpeed);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Sequence(ref ParsedReading reading, NumberStatus status, long value)
    {
        reading.Sequence = (uint)value;
        May(ref reading, ReadingFields.Sequence, status == NumberStatus.Exact && value >= 0);
    }

    public static void Detector(ref ParsedReading reading, bool good) => Must(ref reading, ReadingFields.None, ReadingFault.BadDetector, good);

    /// <summary>Decimals that a field keeps.</summary>
    public static int Scale(FieldBit field) => field == FieldBit.Occupancy ? 3 : field == FieldBit.Speed ? 2 : 0;

    /// <summary>Applies the number of a field that is one.</summary>
    public static void Number(ref ParsedReading reading, FieldBit field, NumberStatus status, long value)
    {
        switch (field)
        {
            case FieldBit.Timestamp:
                Timestamp(ref reading, status, value);
                break;
            case FieldBit.Interval:
                Interval(ref reading, status, value);
                break;
            case FieldBit.Occupancy:
                Occupancy(ref reading, status, value);
                break;
            case FieldBit.Speed:
                Speed(ref reading, status, value);
                break;
            case FieldBit.Sequence:
                Sequence(ref reading, status, value);
                break;
            default:
                Volume(ref reading, status, value);
                break;
        }
    }

    /// <summary>An optional field that is null counts as absent, also where it was sent before.</summary>
    public static void Absent(ref ParsedReading reading, ReadingFields field)
    {
        reading.Present &= ~field;
        reading.Dropped &= ~field;
        reading.Faults &= field switch
        {
            ReadingFields.Timestamp => ~(1u << (int)ReadingFault.BadTimestamp),
            ReadingFields.Interval => ~(1u << (int)ReadingFault.BadInterval),
            _ => uint.MaxValue,
        };
    }

    public static void May(ref ParsedReading reading, ReadingFields field, bool good)
    {
        reading.Present = good ? reading.Present | field : reading.Present & ~field;
        reading.Dropped = good ? reading.Dropped & ~field : reading.Dropped | field;
    }

    /// <summary>A reading of which nothing is known yet: required fields are missing until they come.</summary>
    public static ParsedReading Begin(int offset, bool namesDetector) => new()
    {
        Offset = offset,
        Faults = (1u << (int)ReadingFault.BadVolume) | (namesDetector ? 1u << (int)ReadingFault.BadDetector : 0),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish(ref ParsedReading reading, int end)
    {
        reading.Length = end - reading.Offset;
        reading.Fault = reading.Faults == 0 ? ReadingFault.None : (ReadingFault)BitOperations.TrailingZeroCount(reading.Faults);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsIn(NumberStatus status, long value, long min, long max) =>
        status == NumberStatus.Exact && value >= min && value <= max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Must(ref ParsedReading reading, ReadingFields field, ReadingFault fault, bool good)
    {
        reading.Present = good ? reading.Present | field : reading.Present & ~field;
        uint bit = 1u << (int)fault;
        reading.Faults = good ? reading.Faults & ~bit : reading.Faults | bit;
    }
}
