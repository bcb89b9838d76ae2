using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>The part of a page that belongs to one detector, as bytes.</summary>
internal static class DetectorPageCodec
{
    public static void Write(BodyWriter writer, DetectorPage page, WindowLengths lengths)
    {
        page.Identities.Write(writer);
        foreach (uint shortest in page.HourShortest)
        {
            // + 1 in 32 bits: NoReading becomes 0.
            writer.Unsigned(unchecked(shortest + 1));
        }

        for (int length = 0; length < lengths.Count; length++)
        {
            WriteRows(writer, page.Rows[length]);
            WriteCells(writer, page, length, (int)(lengths.SpanMs / lengths[length]));
        }

        writer.Bool(page.Classes is not null);
        foreach (long[]?[]? byClass in page.Classes ?? [])
        {
            WriteClasses(writer, byClass ?? []);
        }
    }

    public static void Read(ref BodyReader reader, PageState owner, DetectorPage page, WindowLengths lengths, PagePool pool)
    {
        page.Identities = ReadingIdentities.Read(ref reader, (int)lengths.SpanMs, pool);
        owner.Bytes += page.Identities.Bytes;
        foreach (ref uint shortest in page.HourShortest.AsSpan())
        {
            shortest = unchecked((uint)reader.Unsigned() - 1);
        }

        for (int length = 0; length < lengths.Count; length++)
        {
            int windows = reader.Bool() ? owner.Slots[length].Length : 0;
            for (int window = 0; window < windows; window++)
            {
                page.Row(length, window, ref owner.Bytes) = reader.Int32();
            }

            for (int left = reader.Count(); left > 0; left--)
            {
                ReadCell(ref reader, ref page.Cell(length, reader.Int32(), pool, ref owner.Bytes));
            }
        }

        int withClasses = reader.Bool() ? lengths.Count : 0;
        for (int length = 0; length < withClasses; length++)
        {
            ReadClasses(ref reader, owner, page, length);
        }
    }

    private static void WriteRows(BodyWriter writer, int[]? rows)
    {
        writer.Bool(rows is not null);
        foreach (int track in rows ?? [])
        {
            writer.Count(track);
        }
    }

    private static void WriteCells(BodyWriter writer, DetectorPage page, int length, int windows)
    {
        int used = 0;
        for (int window = 0; window < windows; window++)
        {
            used += page.ReadCell(length, window).Readings > 0 ? 1 : 0;
        }

        writer.Count(used);
        for (int window = 0; window < windows; window++)
        {
            FlowCell cell = page.ReadCell(length, window);
            if (cell.Readings > 0)
            {
                writer.Count(window);
                WriteCell(writer, in cell);
            }
        }
    }

    private static void WriteCell(BodyWriter writer, in FlowCell cell)
    {
        writer.Count(cell.Readings);
        writer.Unsigned(cell.ShortestInterval);
        writer.Bool(cell.SpeedWithoutVehicles);
        writer.Unsigned((ulong)cell.Volume);
        writer.Unsigned((ulong)cell.ObservedMs);
        writer.Unsigned((ulong)cell.OccupancyWeighted);
        writer.Unsigned((ulong)cell.OccupancyMs);
        writer.Unsigned((ulong)cell.SpeedWeighted);
        writer.Unsigned((ulong)cell.SpeedVehicles);
    }

    private static void ReadCell(ref BodyReader reader, ref FlowCell cell)
    {
        cell.Readings = reader.Int32();
        cell.ShortestInterval = (uint)reader.Unsigned();
        cell.SpeedWithoutVehicles = reader.Bool();
        cell.Volume = reader.Int64();
        cell.ObservedMs = reader.Int64();
        cell.OccupancyWeighted = reader.Int64();
        cell.OccupancyMs = reader.Int64();
        cell.SpeedWeighted = reader.Int64();
        cell.SpeedVehicles = reader.Int64();
    }

    private static void WriteClasses(BodyWriter writer, long[]?[] byClass)
    {
        writer.Count(byClass.Count(c => c is not null));
        for (int number = 0; number < byClass.Length; number++)
        {
            if (byClass[number] is not { } volumes)
            {
                continue;
            }

            writer.Count(number);
            writer.Count(volumes.Count(v => v > 0));
            for (int window = 0; window < volumes.Length; window++)
            {
                if (volumes[window] > 0)
                {
                    writer.Count(window);
                    writer.Unsigned((ulong)volumes[window]);
                }
            }
        }
    }

    private static void ReadClasses(ref BodyReader reader, PageState owner, DetectorPage page, int length)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            int number = reader.Int32();
            for (int windows = reader.Count(); windows > 0; windows--)
            {
                page.Class(length, number, reader.Int32(), ref owner.Bytes) = reader.Int64();
            }
        }
    }
}
