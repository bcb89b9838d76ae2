using TrafficCore.TestKit.Pipeline;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Tests.Pipeline;

/// <summary>A short input: what is sent when. A step may be repeated when it was not acknowledged.</summary>
internal static class PipelineScript
{
    /// <summary>A step, and how long after the one before it happens.</summary>
    public sealed record Step(TimeSpan After, Func<PipelineRig, Task> Run);

    private const uint Interval = 20_000;
    private const long Hour = 3_600_000;

    private static readonly string[] Intersections = ["a", "b", "c"];

    /// <summary>Readings and observations of three intersections for some minutes, with late ones, repeats, a refusal, QoS 2 ids and snapshots.</summary>
    public static IReadOnlyList<Step> Steps(int rounds = 9, bool snapshots = true)
    {
        var steps = new List<Step>();
        for (var round = 0; round < rounds; round++)
        {
            var slot = PipelineRig.Start + (round * Interval);
            steps.Add(new Step(TimeSpan.FromMilliseconds(Interval + 500), rig => rig.SendAsync(Round(slot))));
            steps.Add(new Step(TimeSpan.FromMilliseconds(500), rig => rig.TickAsync()));
            if (round % 4 == 0)
            {
                steps.Add(new Step(TimeSpan.FromMilliseconds(100), rig => rig.SendAsync(Weather(slot))));
            }

            Extra(steps, round, slot, snapshots);
        }

        for (var second = 0; second < 30; second += 5)
        {
            steps.Add(new Step(TimeSpan.FromSeconds(20), static rig => rig.TickAsync()));
        }

        return steps;
    }

    /// <summary>Sum of the volumes of all distinct readings.</summary>
    public static long Volume(int rounds = 9)
        => Enumerable.Range(0, rounds).SelectMany(round => Round(PipelineRig.Start + (round * Interval))).Sum(static s => s.Volume)
            + Late.Sum(static s => s.Volume);

    /// <summary>All distinct observations, in order of kind, intersection, device and time.</summary>
    public static List<Observation> Observations(int rounds = 9) =>
    [
        .. Enumerable.Range(0, rounds).Where(static round => round % 4 == 0).SelectMany(static round => Weather(PipelineRig.Start + (round * Interval)))
            .Append(LateRain).OrderBy(static o => (o.Kind.Name, o.Intersection, o.Device, o.Timestamp)),
    ];

    /// <summary>How many distinct readings and observations there are.</summary>
    public static int Stored(int rounds = 9) => (rounds * Intersections.Length * 2) + Late.Length + Observations(rounds).Count;

    /// <summary>Runs the steps from one on; returns how many were acknowledged, and why it ended before the last.</summary>
    public static async Task<(int Done, Exception? Failure)> RunAsync(PipelineRig rig, ManualTime time, IReadOnlyList<Step> steps, int from, bool advanceFirst)
    {
        for (var i = from; i < steps.Count; i++)
        {
            if (i > from || advanceFirst)
            {
                time.Advance(steps[i].After);
            }

            try
            {
                await steps[i].Run(rig);
            }
            catch (Exception exception) when (exception is not TimeoutException)
            {
                return (i, exception);
            }
        }

        return (steps.Count, null);
    }

    private static Sample[] Late =>
    [
        new("a", "d1", PipelineRig.Start - (3 * Hour), Interval, 3),
        new("a", "d1", PipelineRig.Start - (3 * Hour) + Interval, Interval, 4),
        new("b", "d2", PipelineRig.Start - (5 * Hour), Interval, 5),
    ];

    // To a page that nothing else is in.
    private static Observation LateRain =>
        new(ObservationKind.Environment, "c", "w", PipelineRig.Start - (9 * Hour), new ObservedValues { [0] = 12, [3] = -5 });

    private static Observation[] Weather(long slot) =>
    [
        new(ObservationKind.Environment, "a", "w", slot, new ObservedValues { [0] = (int)(slot / Interval % 9) }),
        new(ObservationKind.Parking, "b", "p", slot + 1, new ObservedValues { [0] = 100, [1] = (int)(slot / Interval % 7) }),
    ];

    private static Sample[] Round(long slot) =>
    [
        .. from intersection in Intersections
           from detector in new[] { "d1", "d2" }
           select new Sample(intersection, detector, slot, Interval, (uint)(1 + ((slot / Interval) + intersection[0] + detector[1]) % 7)),
    ];

    private static void Extra(List<Step> steps, int round, long slot, bool snapshots)
    {
        var pause = TimeSpan.FromMilliseconds(100);
        switch (round)
        {
            case 1:
                steps.Add(new Step(pause, rig => rig.SendAsync(Late[0], Late[2])));
                steps.Add(new Step(pause, rig => rig.SendAsync(Round(slot)[..2])));
                steps.Add(new Step(pause, rig => rig.SendAsync(LateRain, Weather(slot - Interval)[0])));
                break;
            case 2 or 5 when snapshots:
                // No time passes: elapsed time goes on from the last record, and a snapshot is none.
                steps.Add(new Step(TimeSpan.Zero, static rig => rig.SnapshotAsync()));
                break;
            case 3:
                steps.Add(new Step(pause, rig => rig.RejectAsync("b", "d1", "{\"ts\":0}")));
                steps.Add(new Step(pause, rig => rig.AppendAsync(static writer =>
                {
                    writer.AddPacket(TrafficCore.Pipeline.Ingest.RecordType.PacketReceived, 7, "client"u8);
                    writer.AddPacket(TrafficCore.Pipeline.Ingest.RecordType.PacketReceived, 8, "client"u8);
                })));
                break;
            case 6:
                // To pages that have left memory, one of them a repeat.
                steps.Add(new Step(pause, rig => rig.SendAsync(Late[0], Late[1], Late[2])));
                steps.Add(new Step(pause, rig => rig.SendAsync(LateRain)));
                steps.Add(new Step(pause, rig => rig.AppendAsync(
                    static writer => writer.AddPacket(TrafficCore.Pipeline.Ingest.RecordType.PacketReleased, 7, "client"u8))));
                break;
            default:
                break;
        }
    }
}
