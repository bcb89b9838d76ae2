using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>The part of a page that belongs to one detector, as bytes.</summary>
internal static class DetectorPageCodec
{
    public static void Write(BodyWriter writer, DetectorPage page, WindowLengths lengths, WindowSheet sheet)
    {
        page.Identities.Write(writer);
        foreach (uint shortest in page.HourShortest)
        {
            // + 1 in 32 bits: NoReading becomes 0.
            writer.Unsigned(unchecked(shortest + 1));
        }

        bool hasClasses = false;
        for (int length = 0; length < lengths.Count; length++)
        {
            sheet.Fill(page.All(length));
            hasClasses |= sheet.HasClasses;
            WriteRows(writer, sheet, (int)(lengths.SpanMs / lengths[length]));
            WriteCells(writer, sheet);
        }

        writer.Bool(hasClasses);
        for (int length = 0; hasClasses && length < lengths.Count; length++)
        {
            sheet.Fill(page.All(length));
            WriteClasses(writer, sheet);
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
                if (reader.Int32() is > 0 and int row)
                {
                    page.Open(length, window, pool, ref owner.Bytes).Row = row;
                }
            }

            for (int left = reader.Count(); left > 0; left--)
            {
                ReadCell(ref reader, ref page.Open(length, reader.Int32(), pool, ref owner.Bytes).Cell);
            }
        }

        int withClasses = reader.Bool() ? lengths.Count : 0;
        for (int length = 0; length < withClasses; length++)
        {
            ReadClasses(ref reader, owner, page, length, pool);
        }

        for (int length = 0; length < lengths.Count; length++)
        {
            page.PackTold(length, owner.Slots[length], pool, ref owner.Bytes);
        }
    }

    private static void WriteRows(BodyWriter writer, WindowSheet sheet, int windows)
    {
        writer.Bool(sheet.HasRows);
        int window = 0;
        foreach (ref readonly WindowContent content in sheet.HasRows ? sheet.Windows : [])
        {
            for (; window < content.Window; window++)
            {
                writer.Count(0);
            }

            writer.Count(content.Row);
            window++;
        }

        for (; sheet.HasRows && window < windows; window++)
        {
            writer.Count(0);
        }
    }

    private static void WriteCells(BodyWriter writer, WindowSheet sheet)
    {
        int used = 0;
        foreach (ref readonly WindowContent content in sheet.Windows)
        {
            used += content.Cell.Readings > 0 ? 1 : 0;
        }

        writer.Count(used);
        foreach (ref readonly WindowContent content in sheet.Windows)
        {
            if (content.Cell.Readings > 0)
            {
                writer.Count(content.Window);
                WriteCell(writer, in content.Cell);
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

    private static void WriteClasses(BodyWriter writer, WindowSheet sheet)
    {
        writer.Count(sheet.Classes.Count(c => c.Count > 0));
        for (int number = 0; number < sheet.Classes.Count; number++)
        {
            List<(int Window, long Volume)> volumes = sheet.Classes[number];
            if (volumes.Count == 0)
            {
                continue;
            }

            writer.Count(number);
            writer.Count(volumes.Count);
            foreach ((int window, long volume) in volumes)
            {
                writer.Count(window);
                writer.Unsigned((ulong)volume);
            }
        }
    }

    private static void ReadClasses(ref BodyReader reader, PageState owner, DetectorPage page, int length, PagePool pool)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            int number = reader.Int32();
            for (int windows = reader.Count(); windows > 0; windows--)
            {
                page.Open(length, reader.Int32(), pool, ref owner.Bytes).Class(number, pool) = reader.Int64();
            }
        }
    }
}
