using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Pipeline.City;

/// <summary>What the index is made from, as bytes: every window that can still be corrected. A program reads its own version only.</summary>
internal static class CityStateCodec
{
    private const byte Version = 1;

    public static void Write(BodyWriter writer, CityIndexState state)
    {
        writer.Byte(Version);
        writer.Signed(state.Beginning);
        int[] numbers = WriteSegments(writer, state);
        writer.Count(state.Series.Count());
        foreach (WindowSeries series in state.Series)
        {
            writer.Unsigned((ulong)series.Length);
            writer.Signed(series.Horizon);
            writer.Count(series.Count);
            foreach (CityWindow window in series.Windows)
            {
                WriteWindow(writer, window, state.Segments, numbers);
            }
        }
    }

    /// <summary>Reads a state; null when another version of the program wrote it.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a state.</exception>
    public static CityIndexState? Read(ReadOnlySpan<byte> bytes, CityIndexOptions options, NetworkHistory networks, TimeProvider time)
    {
        var reader = new BodyReader(bytes);
        if (reader.Byte() != Version)
        {
            return null;
        }

        var state = new CityIndexState(options, networks, time) { Beginning = reader.Signed() };
        for (int left = reader.Count(); left > 0; left--)
        {
            state.Segments.NumberOf(reader.Text(), reader.Text());
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            WindowSeries series = state.SeriesOf(reader.Int64(), reader.Signed());
            for (int windows = reader.Count(); windows > 0; windows--)
            {
                ReadWindow(ref reader, state, series);
            }
        }

        return state;
    }

    /// <summary>Writes the segments that windows speak of, so that those of earlier networks are forgotten; returns the number that each has in the bytes, or -1.</summary>
    private static int[] WriteSegments(BodyWriter writer, CityIndexState state)
    {
        var spoken = new SortedSet<int>();
        foreach (CityWindow window in state.Series.SelectMany(series => series.Windows))
        {
            for (int segment = 0; segment < window.Flows.Length; segment++)
            {
                if (window.Flows[segment].IsKnown)
                {
                    spoken.Add(segment);
                }
            }
        }

        int[] numbers = new int[spoken.Count == 0 ? 0 : spoken.Max + 1];
        writer.Count(spoken.Count);
        foreach ((int segment, int number) in spoken.Select((segment, number) => (segment, number)))
        {
            ApproachReference approach = state.Segments[segment];
            writer.Text(approach.Intersection);
            writer.Text(approach.Approach);
            numbers[segment] = number;
        }

        return numbers;
    }

    private static void WriteWindow(BodyWriter writer, CityWindow window, SegmentTable segments, int[] numbers)
    {
        writer.Signed(window.Start);
        writer.Bool(window.Reported is not null);
        if (window.Reported is { } reported)
        {
            writer.Count(reported.Count);
            foreach (int intersection in reported)
            {
                writer.Text(segments.Intersection(intersection));
            }
        }

        writer.Bool(window.Published is not null);
        if (window.Published is { } row)
        {
            CityIndexCodec.Write(writer, row);
        }

        int known = 0;
        foreach (ref readonly SegmentFlow flow in window.Flows)
        {
            known += flow.IsKnown ? 1 : 0;
        }

        writer.Count(known);
        for (int segment = 0; segment < window.Flows.Length; segment++)
        {
            SegmentFlow flow = window.Flows[segment];
            if (flow.IsKnown)
            {
                writer.Count(numbers[segment]);
                writer.Unsigned(flow.Volume);
                writer.Unsigned(flow.Speed);
                writer.Unsigned(flow.FreeFlowCenti);
                writer.Byte(flow.Level);
            }
        }
    }

    private static void ReadWindow(ref BodyReader reader, CityIndexState state, WindowSeries series)
    {
        CityWindow window = state.WindowAt(series, reader.Signed());
        if (reader.Bool())
        {
            for (int left = reader.Count(); left > 0; left--)
            {
                window.Reported!.Add(state.Segments.NumberOf(reader.Text()));
            }
        }
        else
        {
            window.StopWaiting();
        }

        if (reader.Bool())
        {
            window.Confirm(CityIndexCodec.Read(ref reader));
        }

        for (int left = reader.Count(); left > 0; left--)
        {
            window.Put(reader.Int32(), new SegmentFlow(checked((uint)reader.Unsigned()), checked((uint)reader.Unsigned()), checked((ushort)reader.Unsigned()), reader.Byte()));
        }
    }
}
