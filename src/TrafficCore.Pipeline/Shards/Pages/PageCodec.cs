using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Pages as bytes. Equal pages give equal bytes; a page read back behaves like the one that was written.</summary>
internal static class PageCodec
{
    /// <summary>Version that is written. Version 1, which ended before the observers, is read too.</summary>
    public const byte Version = 2;

    public static void Write(BodyWriter writer, string intersection, PageState page, WindowLengths lengths, WindowSheet sheet)
    {
        writer.Byte(Version);
        writer.Text(intersection);
        writer.Signed(page.Index);
        writer.Signed(page.LastWriteMs);
        writer.Count(lengths.Count);
        for (int length = 0; length < lengths.Count; length++)
        {
            writer.Unsigned((ulong)lengths[length]);
            WriteWindows(writer, page, length);
        }

        WriteApproaches(writer, page);
        writer.Count(page.ClassNames.Count);
        page.ClassNames.ForEach(writer.Text);
        writer.Count(page.Detectors.Count(d => d is not null));
        for (int device = 0; device < page.Detectors.Length; device++)
        {
            if (page.Detectors[device] is { } detector)
            {
                writer.Count(device);
                DetectorPageCodec.Write(writer, detector, lengths, sheet);
            }
        }

        writer.Count(page.Controllers.Count(c => c is not null));
        for (int device = 0; device < page.Controllers.Length; device++)
        {
            if (page.Controllers[device] is { } controller)
            {
                writer.Count(device);
                ControllerPageCodec.Write(writer, controller);
            }
        }

        writer.Count(page.Observers.Count(o => o is not null));
        for (int device = 0; device < page.Observers.Length; device++)
        {
            if (page.Observers[device] is { } items)
            {
                writer.Count(device);
                items.Write(writer);
            }
        }
    }

    /// <exception cref="InvalidDataException">Not a page of this intersection, or of other window lengths.</exception>
    public static PageState Read(ReadOnlySpan<byte> bytes, string intersection, long index, WindowLengths lengths, PagePool pool)
    {
        var reader = new BodyReader(bytes);
        byte version = reader.Byte();
        if (version is 0 or > Version || reader.Text() != intersection || reader.Signed() != index)
        {
            throw new InvalidDataException($"the state log does not hold page {index} of {intersection} where it should");
        }

        var page = new PageState(index, lengths) { LastWriteMs = reader.Signed() };
        if (reader.Int32() != lengths.Count)
        {
            throw OtherLengths();
        }

        for (int length = 0; length < lengths.Count; length++)
        {
            if (reader.Int64() != lengths[length])
            {
                throw OtherLengths();
            }

            ReadWindows(ref reader, page, length);
        }

        ReadApproaches(ref reader, page, lengths);
        for (int left = reader.Count(); left > 0; left--)
        {
            page.ClassNames.Add(reader.Text());
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            DetectorPageCodec.Read(ref reader, page, page.Detector(reader.Int32()), lengths, pool);
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            ControllerPageCodec.Read(ref reader, page, page.Controller(reader.Int32()), lengths, pool);
        }

        for (int left = version >= 2 ? reader.Count() : 0; left > 0; left--)
        {
            page.SetObserver(reader.Int32(), OffsetItems.Read(ref reader, (int)lengths.SpanMs, pool));
        }

        return page;
    }

    private static InvalidDataException OtherLengths() =>
        new("the state was written with other window lengths; Windows:Length cannot change in a data directory");

    private static void WriteWindows(BodyWriter writer, PageState page, int length)
    {
        foreach (ref WindowSlot slot in page.Slots[length].AsSpan())
        {
            writer.Byte((byte)slot.Flags);
        }

        foreach (int revision in page.IntersectionRows[length])
        {
            writer.Count(revision);
        }
    }

    private static void ReadWindows(ref BodyReader reader, PageState page, int length)
    {
        foreach (ref WindowSlot slot in page.Slots[length].AsSpan())
        {
            slot.Flags = (WindowFlags)reader.Byte();
            page.WorkCount += slot.HasWork ? 1 : 0;
        }

        foreach (ref int revision in page.IntersectionRows[length].AsSpan())
        {
            revision = reader.Int32();
        }
    }

    private static void WriteApproaches(BodyWriter writer, PageState page)
    {
        writer.Count(page.ApproachRows.Count);
        foreach ((string id, int[]?[] revisions) in page.ApproachRows)
        {
            writer.Text(id);
            foreach (int[]? ofLength in revisions)
            {
                writer.Bool(ofLength is not null);
                foreach (int revision in ofLength ?? [])
                {
                    writer.Count(revision);
                }
            }
        }
    }

    private static void ReadApproaches(ref BodyReader reader, PageState page, WindowLengths lengths)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            string id = reader.Text();
            for (int length = 0; length < lengths.Count; length++)
            {
                int windows = reader.Bool() ? page.Slots[length].Length : 0;
                for (int window = 0; window < windows; window++)
                {
                    page.ApproachRow(id, length, window) = reader.Int32();
                }
            }
        }
    }
}
