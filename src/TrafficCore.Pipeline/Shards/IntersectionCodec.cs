using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>The snapshot part of one intersection: everything but its pages, and where those stand.</summary>
internal static class IntersectionCodec
{
    public static void Write(BodyWriter writer, IntersectionState state, ShardContext context)
    {
        writer.Count(state.Ordinal);
        foreach (LengthState length in state.Lengths)
        {
            length.Write(writer);
        }

        writer.Count(state.DeviceCount);
        for (int i = 0; i < state.DeviceCount; i++)
        {
            WriteDevice(writer, in state.Device(i));
            WriteDetails(writer, state.Details(i));
        }

        state.Pages.Write(writer);
        WriteRecent(writer, state, context);
    }

    /// <summary>The ordinal that a part begins with.</summary>
    public static int ReadOrdinal(ref BodyReader reader) => reader.Int32();

    public static void Read(ref BodyReader reader, IntersectionState state, ShardContext context)
    {
        foreach (LengthState length in state.Lengths)
        {
            length.Read(ref reader);
        }

        if (reader.Int32() != state.DeviceCount)
        {
            throw new InvalidDataException($"the snapshot's device table does not fit {state.Id}");
        }

        for (int i = 0; i < state.DeviceCount; i++)
        {
            ReadDevice(ref reader, ref state.Device(i));
            ReadDetails(ref reader, state.Details(i));
        }

        state.Pages.Read(ref reader, page => TakeWork(state, page, context));
        for (int left = reader.Count(); left > 0; left--)
        {
            int length = reader.Int32();
            long start = reader.Signed();
            PageState page = state.Pages.Get(PageMath.FloorDivide(start, context.Lengths.SpanMs))!;
            page.LastEmitMs = reader.Signed();
            page.Slots[length][(start - page.Start) / context.Lengths[length]].LastEmitMs = page.LastEmitMs;
        }
    }

    /// <summary>Writes the counters that jumped; false when there is none, and the part is not needed.</summary>
    public static bool TryWriteCounters(BodyWriter writer, IntersectionState state)
    {
        int count = Enumerable.Range(0, state.DeviceCount).Count(i => state.Details(i).Counter is not null);
        writer.Count(state.Ordinal);
        writer.Count(count);
        for (int i = 0; i < state.DeviceCount; i++)
        {
            if (state.Details(i).Counter is { } counter)
            {
                writer.Count(i);
                counter.Write(writer);
            }
        }

        return count > 0;
    }

    public static void ReadCounters(ref BodyReader reader, IntersectionState state)
    {
        for (int left = reader.Count(); left > 0; left--)
        {
            int device = reader.Int32();
            state.Details(device).Counter = SequenceCounter.Read(ref reader);
        }
    }

    private static void WriteDevice(BodyWriter writer, in DeviceState device)
    {
        writer.Bool(device.Heard);
        writer.Bool(device.HasSequence);
        writer.Unsigned(device.Interval);
        writer.Unsigned(device.Sequence);
        writer.FixedInt64(device.Watermark);
        writer.Signed(device.HeardMs);
        writer.Unsigned((ulong)device.Stored);
        writer.Unsigned((ulong)device.Duplicate);
        writer.Unsigned((ulong)device.Conflict);
        writer.Unsigned((ulong)device.Late);
        writer.Unsigned((ulong)device.Gaps);
    }

    private static void ReadDevice(ref BodyReader reader, ref DeviceState device)
    {
        device.Heard = reader.Bool();
        device.HasSequence = reader.Bool();
        device.Interval = (uint)reader.Unsigned();
        device.Sequence = (uint)reader.Unsigned();
        device.Watermark = reader.FixedInt64();
        device.HeardMs = reader.Signed();
        device.Stored = reader.Int64();
        device.Duplicate = reader.Int64();
        device.Conflict = reader.Int64();
        device.Late = reader.Int64();
        device.Gaps = reader.Int64();
    }

    private static void WriteDetails(BodyWriter writer, DeviceDetails details)
    {
        details.Batches.Write(writer);
        writer.Count(details.Rejected?.Count ?? 0);
        foreach ((string reason, long count) in details.Rejected ?? [])
        {
            writer.Text(reason);
            writer.Unsigned((ulong)count);
        }
    }

    private static void ReadDetails(ref BodyReader reader, DeviceDetails details)
    {
        details.Batches.Read(ref reader);
        for (int left = reader.Count(); left > 0; left--)
        {
            details.AddRejected(reader.Text(), reader.Int64());
        }
    }

    /// <summary>What was emitted within the last second may not be emitted again yet.</summary>
    private static void WriteRecent(BodyWriter writer, IntersectionState state, ShardContext context)
    {
        var recent = new List<(int Length, long Start, long EmittedMs)>();
        foreach (PageState page in state.Pages.Resident.Where(p => p.LastEmitMs >= context.ElapsedMs - 1000))
        {
            for (int length = 0; length < page.Slots.Length; length++)
            {
                for (int window = 0; window < page.Slots[length].Length; window++)
                {
                    long emittedMs = page.Slots[length][window].LastEmitMs;
                    if (emittedMs != WindowSlot.NeverEmitted && emittedMs >= context.ElapsedMs - 1000)
                    {
                        recent.Add((length, page.Start + (window * context.Lengths[length]), emittedMs));
                    }
                }
            }
        }

        writer.Count(recent.Count);
        foreach ((int length, long start, long emittedMs) in recent)
        {
            writer.Count(length);
            writer.Signed(start);
            writer.Signed(emittedMs);
        }
    }

    private static void TakeWork(IntersectionState state, PageState page, ShardContext context)
    {
        context.WorkCount += page.WorkCount;
        for (int length = 0; length < page.Slots.Length; length++)
        {
            for (int window = 0; window < page.Slots[length].Length; window++)
            {
                WindowFlags flags = page.Slots[length][window].Flags;
                long start = page.Start + (window * context.Lengths[length]);
                if ((flags & WindowFlags.Open) != 0)
                {
                    state.Lengths[length].Open.Add(start);
                }
                else if ((flags & WindowFlags.Dirty) != 0)
                {
                    state.Lengths[length].Dirty.Add(start);
                }
            }
        }
    }
}
