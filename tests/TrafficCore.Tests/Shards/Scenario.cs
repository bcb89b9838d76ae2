using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Tests.Shards;

/// <summary>A random day of a few intersections: distinct readings, events and observations, and tapes that carry them in any order.</summary>
internal sealed class Scenario
{
    private static readonly uint[] Intervals = [0, 1000, 7000, 30_000, 60_000, 60_000, 60_000, 300_000, 900_000];

    private readonly Dictionary<OracleReading, ReadingEntry> _entries = [];
    private readonly bool _isNamed;

    public Scenario(int seed, bool isNamed)
    {
        var random = new Random(seed);
        _isNamed = isNamed;
        string[] intersections = isNamed ? ["x", "other"] : ["x", "y", "z"];
        var seen = new HashSet<(string, string, long)>();
        foreach (string intersection in intersections)
        {
            string[] detectors = intersection == "x" && isNamed ? ["n1", "n2", "s1", "s2", "s3", "e1", "w1", "stray"] : ["a", "b", "c"];
            foreach (string detector in detectors)
            {
                uint interval = Intervals[random.Next(Intervals.Length)];
                long grid = random.Next(3) == 0 ? random.Next(2000) : 0;
                for (int left = random.Next(40); left > 0; left--)
                {
                    // Two hours before the origin to one after: several pages, and their border.
                    uint own = random.Next(10) == 0 ? Intervals[random.Next(Intervals.Length)] : interval;
                    long step = Math.Max(1000, own);
                    long ts = InputTape.Origin - (7200_000 / step * step) + (random.Next((int)(10_800_000 / step)) * step) + grid;
                    if (seen.Add((intersection, detector, ts)))
                    {
                        AddReading(random, intersection, detector, ts, own);
                    }
                }
            }
        }

        AddEvents(random, intersections[0]);
        AddObservations(random, intersections);
    }

    public List<OracleReading> Readings { get; } = [];

    public List<OracleEvent> Events { get; } = [];

    public List<Observation> Observations { get; } = [];

    public RoadNetwork? Network => _isNamed ? RoadNetworkParser.Parse(System.Text.Encoding.UTF8.GetBytes(NetworkText.FourApproaches)).Network : null;

    public Oracle Oracle(long[] lengths) => new(Readings, Events, Network, lengths);

    /// <summary>Carries everything, shuffled, cut into records, some of it twice, with ticks between; then ticks until all is said.</summary>
    public InputTape Tape(int seed, int ticksBetween = 3)
    {
        var random = new Random(seed);
        var tape = new InputTape();

        // Long after all of it, so that the live rule of empty rows has nothing to say about these windows.
        tape.At(2 * 3_600_000);
        if (_isNamed)
        {
            tape.Network(NetworkText.FourApproaches);
        }

        object[] items = [.. Readings, .. Events, .. Observations];
        items = [.. items, .. items.Where(_ => random.Next(5) == 0)];
        random.Shuffle(items);
        for (int at = 0; at < items.Length;)
        {
            int count = Math.Min(items.Length - at, 1 + random.Next(6));
            Write(tape, items.AsSpan(at, count).ToArray());
            at += count;
            tape.NowMs += random.Next(400);
            for (int ticks = random.Next(ticksBetween); ticks > 0; ticks--)
            {
                tape.NowMs += 300 + random.Next(900);
                tape.Tick();
            }
        }

        return tape.Ticks(1900_000);
    }

    private void Write(InputTape tape, object[] items)
    {
        ReadingEntry[] entries = [.. items.OfType<OracleReading>().Select(r =>
            _entries[r] with { Device = tape.Detector(r.Intersection, r.Detector) })];
        if (entries.Length > 0)
        {
            tape.Readings(entries);
        }

        ObservationEntry[] observations = [.. items.OfType<Observation>().Select(o =>
            tape.Observation(DeviceKinds.Parse(o.Kind.Name), o.Intersection, o.Device, o.Timestamp) with { Values = o.Values })];
        if (observations.Length > 0)
        {
            tape.Observations(observations);
        }

        foreach (IGrouping<(string, string), OracleEvent> batch in items.OfType<OracleEvent>().GroupBy(e => (e.Intersection, e.Controller)))
        {
            foreach (OracleEvent vehicle in batch.Where(e => e.Code == 82 && Network?.FindIntersection(e.Intersection)?.DetectorByChannel(e.Parameter) is null))
            {
                tape.Detector(vehicle.Intersection, $"{vehicle.Parameter}", DeviceFlags.Learnt | DeviceFlags.Channel);
            }

            tape.Events(batch.Key.Item1, batch.Key.Item2, null, [.. batch.Select(e => (e.Ts - InputTape.Origin, (ushort)e.Code, e.Parameter))]);
        }
    }

    private void AddReading(Random random, string intersection, string detector, long ts, uint interval)
    {
        int? occupancy = random.Next(3) == 0 ? null : random.Next(100_001);
        int? speed = random.Next(3) == 0 ? null : random.Next(9000);
        var reading = new OracleReading(intersection, detector, ts, interval, (uint)random.Next(30), occupancy, speed);
        Readings.Add(reading);
        _entries.Add(reading, new ReadingEntry
        {
            Timestamp = ts,
            Interval = interval,
            Volume = reading.Volume,
            Occupancy = occupancy ?? ReadingEntry.NoOccupancy,
            Speed = speed is null ? ReadingEntry.NoSpeed : (ushort)speed,
        });
    }

    private void AddObservations(Random random, string[] intersections)
    {
        var seen = new HashSet<(ObservationKind, string, string, long)>();
        for (int left = random.Next(80); left > 0; left--)
        {
            ObservationKind kind = random.Next(2) == 0 ? ObservationKind.Environment : ObservationKind.Parking;
            var found = new Observation(
                kind, intersections[random.Next(intersections.Length)], random.Next(3) == 0 ? "a" : kind.Name[..1], InputTape.Origin - 7200_000 + (random.Next(2000) * 5400L),
                new ObservedValues { [random.Next(kind.Properties.Count)] = random.Next(5) });
            if (seen.Add((kind, found.Intersection, found.Device, found.Timestamp)))
            {
                Observations.Add(found);
            }
        }
    }

    private void AddEvents(Random random, string intersection)
    {
        for (int burst = random.Next(12); burst > 0; burst--)
        {
            long at = InputTape.Origin - 7200_000 + random.Next(10_800_000);
            for (int left = random.Next(12); left > 0; left--)
            {
                var found = new OracleEvent(intersection, "c", at + random.Next(90_000), random.Next(2) == 0 ? 82 : 1, random.Next(2) == 0 ? 1 : 7);
                if (!Events.Contains(found))
                {
                    Events.Add(found);
                }
            }
        }
    }
}
