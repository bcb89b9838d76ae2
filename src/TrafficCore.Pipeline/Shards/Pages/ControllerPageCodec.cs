using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>The part of a page that belongs to one controller, as bytes.</summary>
internal static class ControllerPageCodec
{
    public static void Write(BodyWriter writer, ControllerPage page)
    {
        page.Identities.Write(writer);
        foreach (ulong word in page.EventSeconds)
        {
            writer.FixedInt64((long)word);
        }

        page.Batches.Write(writer);
        writer.Signed(page.CarrySecond);
        writer.Unsigned(page.Hours);
        foreach (int[]? alive in page.EmittedAlive)
        {
            WriteCounts(writer, alive);
        }

        writer.Count(page.Channels.Count);
        foreach (ChannelPage channel in page.Channels)
        {
            writer.Signed(channel.Channel);
            writer.Unsigned(channel.Hours);
            foreach (int[]? counts in channel.Counts)
            {
                WriteCounts(writer, counts);
            }
        }
    }

    public static void Read(ref BodyReader reader, PageState owner, ControllerPage page, WindowLengths lengths, PagePool pool)
    {
        page.Identities = EventIdentities.Read(ref reader, (int)lengths.SpanMs, pool);
        owner.Bytes += page.Identities.Bytes;
        foreach (ref ulong word in page.EventSeconds.AsSpan())
        {
            word = (ulong)reader.FixedInt64();
        }

        page.Batches.Read(ref reader);
        page.CarrySecond = (int)reader.Signed();
        page.Hours = (uint)reader.Unsigned();
        for (int length = 0; length < lengths.Count; length++)
        {
            page.EmittedAlive[length] = ReadCounts(ref reader, owner, length);
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            var channel = new ChannelPage((int)reader.Signed(), lengths.Count) { Hours = (uint)reader.Unsigned() };
            for (int length = 0; length < lengths.Count; length++)
            {
                channel.Counts[length] = ReadCounts(ref reader, owner, length);
            }

            page.Channels.Add(channel);
        }
    }

    private static void WriteCounts(BodyWriter writer, int[]? counts)
    {
        writer.Bool(counts is not null);
        foreach (int count in counts ?? [])
        {
            writer.Count(count);
        }
    }

    private static int[]? ReadCounts(ref BodyReader reader, PageState owner, int length)
    {
        if (!reader.Bool())
        {
            return null;
        }

        var counts = new int[owner.Slots[length].Length];
        owner.Bytes += counts.Length * sizeof(int);
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = reader.Int32();
        }

        return counts;
    }
}
