using System.Numerics;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Output;

/// <summary>
/// Bodies of <see cref="RecordType.Window"/> records, version 2. A body holds every field of its rows, so that a
/// database can be rebuilt from the output log alone.
/// </summary>
/// <remarks>Version 1 is version 2 without free-flow speeds; where it names its one method by its earlier name, it is read by the name it has now.</remarks>
public static class WindowRecordCodec
{
    /// <summary>Version that is written.</summary>
    public const byte Version = 2;

    [Flags]
    private enum Present : ushort
    {
        Expected = 1,
        Volume = 2,
        ExpectedTime = 4,
        Occupancy = 8,
        Speed = 16,
        FlowRate = 32,
        Classes = 64,
        Pcu = 128,
        SpeedRatio = 256,
        Service = 512,
        FreeFlowSpeed = 1024,
    }

    private const Present OneNumber = Present.Expected | Present.Volume | Present.ExpectedTime | Present.FlowRate | Present.Pcu | Present.SpeedRatio | Present.FreeFlowSpeed;

    private const Present TwoNumbers = Present.Occupancy | Present.Speed;

    /// <summary>Reads a body.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    public static WindowRecord Decode(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        WindowHead head = ReadHead(ref reader);
        var rows = new FlowRow[reader.Count()];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = ReadRow(ref reader, head.Head.Intersection, head.Start, head.Length);
        }

        return new WindowRecord(head.Head, head.Start, head.Length, rows);
    }

    /// <summary>Reads what is wanted of a body; null when that is nothing.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    internal static WindowRecord? Decode(ReadOnlySpan<byte> body, WindowSelection selection)
    {
        var reader = new BodyReader(body);
        WindowHead head = ReadHead(ref reader);
        if (!selection.IsWanted(head.Head.Intersection, head.Length))
        {
            return null;
        }

        List<FlowRow>? rows = null;
        for (int left = reader.Count(); left > 0; left--)
        {
            if (selection.Level is not { } level || (FlowLevel)reader.Peek() == level)
            {
                (rows ??= []).Add(ReadRow(ref reader, head.Head.Intersection, head.Start, head.Length));
            }
            else
            {
                SkipRow(ref reader);
            }
        }

        return rows is null ? null : new WindowRecord(head.Head, head.Start, head.Length, rows);
    }

    /// <summary>Reads what stands in front of the rows.</summary>
    /// <exception cref="InvalidDataException">The body is not of this kind.</exception>
    internal static WindowHead DecodeHead(ReadOnlySpan<byte> body)
    {
        var reader = new BodyReader(body);
        return ReadHead(ref reader);
    }

    /// <summary>Writes a body; for tests and tools, the shards write into a buffer of their own.</summary>
    public static byte[] Encode(WindowRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var writer = new BodyWriter();
        Encode(writer, record.Head, record.Start, record.Length, record.Rows);
        return writer.Written.ToArray();
    }

    internal static void Encode(BodyWriter writer, in OutputHead head, long start, long length, IReadOnlyList<FlowRow> rows)
    {
        OutputHeadCodec.Write(writer, in head);
        writer.Signed(start);
        writer.Unsigned((ulong)length);
        writer.Count(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            WriteRow(writer, rows[i]);
        }
    }

    private static WindowHead ReadHead(ref BodyReader reader) => new(OutputHeadCodec.Read(ref reader), reader.Signed(), reader.Int64());

    private static void WriteRow(BodyWriter writer, FlowRow row)
    {
        Present present = PresentIn(row);
        writer.Byte((byte)row.Level);
        writer.Text(row.Id);
        writer.Byte((byte)row.Health);
        writer.Unsigned((ulong)present);
        writer.Count(row.Revision);
        writer.Count(row.Readings);
        writer.Unsigned((ulong)row.ObservedMs);
        WriteIf(writer, present, Present.Expected, row.Expected ?? 0);
        WriteIf(writer, present, Present.Volume, row.Volume ?? 0);
        WriteIf(writer, present, Present.ExpectedTime, row.ExpectedMs ?? 0);
        WriteIf(writer, present, Present.Occupancy, row.OccupancyMs);
        WriteIf(writer, present, Present.Occupancy, row.OccupancyWeighted);
        WriteIf(writer, present, Present.Speed, row.SpeedVehicles);
        WriteIf(writer, present, Present.Speed, row.SpeedWeighted);
        WriteIf(writer, present, Present.FlowRate, row.FlowRateMilli ?? 0);
        WriteIf(writer, present, Present.Pcu, row.PcuMilli ?? 0);
        WriteIf(writer, present, Present.SpeedRatio, row.SpeedRatioMilli ?? 0);
        WriteIf(writer, present, Present.FreeFlowSpeed, row.FreeFlowSpeedCenti ?? 0);
        if ((present & Present.Service) != 0)
        {
            writer.Count(row.ServiceLevel ?? 0);
            writer.Text(row.LevelMethod ?? "");
        }

        if ((present & Present.Classes) != 0)
        {
            WriteClasses(writer, row.Classes);
        }
    }

    private static Present PresentIn(FlowRow row) =>
        When(row.Expected is not null, Present.Expected) | When(row.Volume is not null, Present.Volume)
        | When(row.ExpectedMs is not null, Present.ExpectedTime) | When(row.OccupancyMs > 0, Present.Occupancy)
        | When(row.SpeedVehicles > 0, Present.Speed) | When(row.FlowRateMilli is not null, Present.FlowRate)
        | When(row.Classes.Count > 0, Present.Classes) | When(row.PcuMilli is not null, Present.Pcu)
        | When(row.SpeedRatioMilli is not null, Present.SpeedRatio) | When(row.ServiceLevel is not null, Present.Service)
        | When(row.FreeFlowSpeedCenti is not null, Present.FreeFlowSpeed);

    private static Present When(bool condition, Present flag) => condition ? flag : 0;

    private static void WriteIf(BodyWriter writer, Present present, Present flag, long value)
    {
        if ((present & flag) != 0)
        {
            writer.Unsigned((ulong)value);
        }
    }

    private static void WriteClasses(BodyWriter writer, IReadOnlyList<ClassVolume> classes)
    {
        writer.Count(classes.Count);
        for (int i = 0; i < classes.Count; i++)
        {
            writer.Text(classes[i].Name);
            writer.Unsigned((ulong)classes[i].Volume);
        }
    }

    private static FlowRow ReadRow(ref BodyReader reader, string intersection, long start, long length)
    {
        var level = (FlowLevel)reader.Byte();
        string id = reader.Text();
        var health = (RowHealth)reader.Byte();
        var present = (Present)reader.Int32();
        bool Has(Present flag) => (present & flag) != 0;

        return new FlowRow
        {
            // Initialisers run in this order, which is the order in the body.
            Intersection = intersection, Id = id, Level = level, Start = start, Length = length, Health = health,
            Revision = reader.Int32(),
            Readings = reader.Int32(),
            ObservedMs = reader.Int64(),
            Expected = Has(Present.Expected) ? reader.Int32() : null,
            Volume = Has(Present.Volume) ? reader.Int64() : null,
            ExpectedMs = Has(Present.ExpectedTime) ? reader.Int64() : null,
            OccupancyMs = Has(Present.Occupancy) ? reader.Int64() : 0,
            OccupancyWeighted = Has(Present.Occupancy) ? reader.Int64() : 0,
            SpeedVehicles = Has(Present.Speed) ? reader.Int64() : 0,
            SpeedWeighted = Has(Present.Speed) ? reader.Int64() : 0,
            FlowRateMilli = Has(Present.FlowRate) ? reader.Int64() : null,
            PcuMilli = Has(Present.Pcu) ? reader.Int64() : null,
            SpeedRatioMilli = Has(Present.SpeedRatio) ? reader.Int32() : null,
            FreeFlowSpeedCenti = Has(Present.FreeFlowSpeed) ? reader.Int32() : null,
            ServiceLevel = Has(Present.Service) ? reader.Int32() : null,
            LevelMethod = Has(Present.Service) ? SpeedRatioScale.NameOf(reader.Text()) : null,
            Classes = Has(Present.Classes) ? ReadClasses(ref reader) : [],
        };
    }

    private static void SkipRow(ref BodyReader reader)
    {
        reader.Byte();
        reader.Block();
        reader.Byte();
        var present = (Present)reader.Int32();
        const int Always = 3; // revision, readings, observed time
        SkipNumbers(ref reader, Always + BitOperations.PopCount((uint)(present & OneNumber)) + (2 * BitOperations.PopCount((uint)(present & TwoNumbers))));
        if ((present & Present.Service) != 0)
        {
            SkipNumbers(ref reader, 1);
            reader.Block();
        }

        for (int left = (present & Present.Classes) != 0 ? reader.Count() : 0; left > 0; left--)
        {
            reader.Block();
            SkipNumbers(ref reader, 1);
        }
    }

    private static void SkipNumbers(ref BodyReader reader, int count)
    {
        for (; count > 0; count--)
        {
            reader.Unsigned();
        }
    }

    private static ClassVolume[] ReadClasses(ref BodyReader reader)
    {
        var classes = new ClassVolume[reader.Count()];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = new ClassVolume(reader.Text(), reader.Int64());
        }

        return classes;
    }
}
