using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Tests.Shards;

/// <summary>
/// Everything a log can hold, at random: clocks that step, several network versions, classes, restarting counters, unjudged and
/// unstamped readings and observations, refusals, hours of silence. There is no oracle for it; two ways to play it must agree.
/// </summary>
internal static class WildTape
{
    private static readonly string[] Intersections = ["x", "y", "other"];
    private static readonly string[] Detectors = ["n1", "n2", "s1", "a", "7"];
    private static readonly uint[] Intervals = [0, 1000, 7000, 30_000, 60_000, 60_000, 900_000];

    public static InputTape Make(int seed, int records = 700)
    {
        var random = new Random(seed);
        var tape = new InputTape { NowMs = InputTape.Origin + random.Next(3600_000) };
        long elapsed = 1000;
        for (int i = 0; i < records; i++)
        {
            long step = random.Next(60) switch { 0 => random.Next(9_000_000), 1 => -random.Next(20_000), < 30 => random.Next(2000), _ => random.Next(200) };
            tape.NowMs += step;
            elapsed += Math.Max(0, Math.Min(step, 300_000));
            tape.ElapsedMs = elapsed - (random.Next(50) == 0 ? 700 : 0);
            AddRecord(tape, random);
        }

        return tape;
    }

    private static void AddRecord(InputTape tape, Random random)
    {
        string intersection = Intersections[random.Next(Intersections.Length)];
        switch (random.Next(28))
        {
            case 0:
                tape.Network(random.Next(2) == 0 ? NetworkText.OneIntersection : NetworkText.Simple("x", "a", "n1"));
                break;
            case 1:
                tape.Rejection(tape.Detector(intersection, "n1"), DeviceKind.Detector, intersection, "n1", RejectionReason.TooOld);
                break;
            case 2:
                tape.Rejection(0, DeviceKind.Detectors, random.Next(2) == 0 ? intersection : "nobody", "-", RejectionReason.BadJson);
                break;
            case < 7:
                tape.Detector(intersection, "7", DeviceFlags.Learnt | DeviceFlags.Channel);
                AddEvents(tape, random, intersection);
                break;
            case < 14:
                tape.Tick();
                break;
            case < 18:
                tape.Observations([.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Observation(tape, random))]);
                break;
            default:
                tape.Readings([.. Enumerable.Range(0, 1 + random.Next(4)).Select(_ => Reading(tape, random))], ("car", 2), ("bus", (uint)random.Next(3)));
                break;
        }
    }

    private static ReadingEntry Reading(InputTape tape, Random random)
    {
        uint interval = Intervals[random.Next(Intervals.Length)];
        long ts = (tape.NowMs - interval - Age(random)) / Math.Max(1000, interval) * Math.Max(1000, interval);
        ReadingFlags flags = random.Next(12) switch
        {
            0 => ReadingFlags.Unjudged, 1 => ReadingFlags.ServerTime, 2 or 3 => ReadingFlags.HasClasses, < 8 => ReadingFlags.HasSequence, _ => 0,
        };
        string intersection = Intersections[random.Next(Intersections.Length)];
        return tape.Entry(intersection, Detectors[random.Next(Detectors.Length)], ts, interval, (uint)random.Next(20)) with
        {
            Flags = flags,
            Sequence = (uint)random.Next(20),
            Occupancy = random.Next(100_001),
            Speed = (ushort)random.Next(7000),
        };
    }

    // Few times and few values: repeats and conflicts are common.
    private static ObservationEntry Observation(InputTape tape, Random random)
    {
        DeviceKind kind = random.Next(2) == 0 ? DeviceKind.Environment : DeviceKind.Parking;
        long ts = (tape.NowMs - Age(random)) / 5000 * 5000;
        return tape.Observation(kind, Intersections[random.Next(Intersections.Length)], random.Next(2) == 0 ? "w" : "p", ts, random.Next(3), random.Next(2) == 0 ? null : -random.Next(3)) with
        {
            Flags = random.Next(10) switch { 0 => ReadingFlags.Unjudged, 1 => ReadingFlags.ServerTime, _ => 0 },
        };
    }

    private static long Age(Random random) =>
        random.Next(12) switch { 0 => random.NextInt64(200_000_000), 1 => -240_000, < 4 => random.Next(4_000_000), _ => random.Next(70_000) };

    private static void AddEvents(InputTape tape, Random random, string intersection)
    {
        long at = tape.NowMs - InputTape.Origin - random.Next(100_000) - (random.Next(8) == 0 ? random.Next(8_000_000) : 0);
        var events = Enumerable.Range(0, random.Next(6)).Select(_ => (at + random.Next(40_000), (ushort)(random.Next(2) == 0 ? 82 : 1), random.Next(2) == 0 ? 1 : 7));
        tape.Events(intersection, "c", random.Next(3) == 0 ? null : (uint)random.Next(30), [.. events]);
    }
}
