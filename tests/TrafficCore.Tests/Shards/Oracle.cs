using System.Numerics;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>One distinct reading, as the oracle sees it.</summary>
internal sealed record OracleReading(string Intersection, string Detector, long Ts, uint Interval, uint Volume, int? Occupancy, int? Speed);

/// <summary>One distinct event.</summary>
internal sealed record OracleEvent(string Intersection, string Controller, long Ts, int Code, int Parameter);

/// <summary>
/// Computes the final rows from the sets of distinct readings and events, window by window, with no state and no regard for
/// speed. It knows nothing of pages, watermarks, revisions or order.
/// </summary>
internal sealed class Oracle(IReadOnlyCollection<OracleReading> readings, IReadOnlyCollection<OracleEvent> events, RoadNetwork? network, long[] lengths)
{
    private const long Hour = 3_600_000;

    public Dictionary<RowId, FlowRow> Rows()
    {
        var rows = new Dictionary<RowId, FlowRow>();
        foreach (string intersection in readings.Select(r => r.Intersection).Concat(events.Select(e => e.Intersection)).Distinct())
        {
            foreach (long length in lengths)
            {
                IEnumerable<long> starts = readings.Where(r => r.Intersection == intersection).Select(r => r.Ts / length * length)
                    .Concat(events.Where(e => e.Intersection == intersection)
                        .SelectMany(e => Enumerable.Range(0, 60).Select(s => ((e.Ts / 1000) + s) * 1000 / length * length))).Distinct();
                foreach (long start in starts)
                {
                    AddWindow(rows, intersection, start, length);
                }
            }
        }

        return rows;
    }

    private void AddWindow(Dictionary<RowId, FlowRow> rows, string intersection, long start, long length)
    {
        Intersection? site = network?.FindIntersection(intersection);
        Dictionary<string, Part> parts = readings.Where(r => r.Intersection == intersection).Select(r => r.Detector)
            .Concat(events.Where(e => e.Intersection == intersection && e.Code == 82).Select(e => site?.DetectorByChannel(e.Parameter)?.Id ?? $"{e.Parameter}"))
            .Concat(site?.Detectors.Select(d => d.Id) ?? [])
            .Distinct().ToDictionary(id => id, id => Describe(intersection, id, site, start, length));
        foreach ((string id, Part part) in parts.Where(p => p.Value.HasContent))
        {
            Add(rows, Sum(intersection, FlowLevel.Detector, id, [part], start, length));
        }

        List<(string Id, string[] Members, int? Free, bool ByOccupancy)> approaches = site is null
            ? [("all", [.. parts.Where(p => !p.Value.IsLearntChannel).Select(p => p.Key)], null, false)]
            : [.. site.Approaches.Select(a => (a.Id, a.CountingDetectors.Select(d => d.Id).ToArray(), a.FreeFlowSpeedCenti, a.Id != "w"))];
        var judged = new List<FlowRow>();
        foreach ((string id, string[] members, int? free, bool byOccupancy) in approaches)
        {
            FlowRow row = WithService(Sum(intersection, FlowLevel.Approach, id, [.. members.Select(m => parts[m])], start, length), free, byOccupancy);
            judged.Add(row);
            if (members.Any(m => parts[m].HasContent))
            {
                Add(rows, row);
            }
        }

        FlowRow? worst = judged.Where(r => r.ServiceLevel is not null).OrderBy(r => -r.ServiceLevel).ThenBy(r => r.SpeedRatioMilli ?? int.MaxValue).FirstOrDefault();
        string[] counting = [.. approaches.SelectMany(a => a.Members).Distinct()];
        if (counting.Any(m => parts[m].HasContent))
        {
            FlowRow sum = Sum(intersection, FlowLevel.Intersection, intersection, [.. counting.Select(m => parts[m])], start, length);
            Add(rows, sum with { SpeedRatioMilli = worst?.SpeedRatioMilli, ServiceLevel = worst?.ServiceLevel, LevelMethod = worst?.LevelMethod });
        }
    }

    private sealed record Part(OracleReading[] Readings, int Vehicles, long Alive, bool IsExpected, bool IsChannel, uint Interval, bool IsLearntChannel)
    {
        public bool HasContent => Readings.Length > 0 || (IsChannel && Alive > 0);

        public long? Volume => !HasContent ? null : Readings.Length > 0 ? Readings.Sum(r => (long)r.Volume) : Vehicles;

        public long Observed => Readings.Length > 0 ? Readings.Sum(r => (long)r.Interval) : IsChannel ? Alive : 0;
    }

    private Part Describe(string intersection, string id, Intersection? site, long start, long length)
    {
        Detector? named = site?.FindDetector(id);
        OracleReading[] own = [.. readings.Where(r => r.Intersection == intersection && r.Detector == id)];
        OracleReading[] inside = [.. own.Where(r => r.Interval <= length && r.Ts >= start && r.Ts < start + length)];
        OracleReading[] hours = [.. own.Where(r => r.Ts >= start / Hour * Hour && r.Ts < ((start + length - 1) / Hour * Hour) + Hour)];
        int? channel = named?.Channel ?? (int.TryParse(id, out int n) && named is null ? n : null);
        OracleEvent[] vehicles = channel is null ? [] : [.. events.Where(e => e.Intersection == intersection && e.Code == 82 && e.Parameter == channel)];
        bool isSeen = named is not null || vehicles.Any(e => e.Ts >= start / Hour * Hour && e.Ts < ((start + length - 1) / Hour * Hour) + Hour);
        long alive = channel is null || !isSeen ? 0 : Alive(intersection, start, length);
        bool isChannel = inside.Length == 0 && alive > 0;
        uint interval = inside.Length > 0 ? inside.Min(r => r.Interval)
            : named?.IntervalMs is > 0 and int configured ? (uint)configured
            : hours.Length > 0 ? hours.Min(r => r.Interval) : 0;
        isChannel |= named?.Channel is not null && inside.Length == 0 && interval == 0;
        bool isExpected = inside.Length > 0 || isChannel || ((named is not null || hours.Length > 0) && interval <= length);
        return new Part(
            inside, vehicles.Count(e => e.Ts >= start && e.Ts < start + length), alive, isExpected, isChannel,
            isChannel ? 0 : interval, named is null && own.Length == 0 && vehicles.Length > 0);
    }

    private long Alive(string intersection, long start, long length) => events.Where(e => e.Intersection == intersection)
        .SelectMany(e => Enumerable.Range(0, 60).Select(s => (e.Ts / 1000) + s)).Distinct()
        .Count(s => s * 1000 >= start && s * 1000 < start + length) * 1000L;

    private static FlowRow Sum(string intersection, FlowLevel level, string id, Part[] parts, long start, long length)
    {
        Part[] content = [.. parts.Where(p => p.HasContent)];
        Part[] expected = [.. parts.Where(p => p.IsExpected)];
        OracleReading[] all = [.. content.SelectMany(p => p.Readings)];
        bool isTimed = content.All(p => p.IsChannel || p.Interval > 0);
        var row = new FlowRow
        {
            Intersection = intersection, Id = id, Level = level, Start = start, Length = length, Revision = 1,
            Readings = content.Sum(p => p.Readings.Length > 0 ? p.Readings.Length : p.Vehicles),
            Volume = content.Length == 0 ? null : content.Sum(p => p.Volume!.Value),
            ObservedMs = content.Sum(p => p.Observed),
            Expected = expected.Length == 0 || expected.Any(p => p.Interval == 0) ? null : expected.Sum(p => (int)Math.Max(1, length / p.Interval)),
            ExpectedMs = expected.Length == 0 || expected.Any(p => !p.IsChannel && p.Interval == 0) ? null : expected.Length * length,
            OccupancyWeighted = all.Where(r => r.Occupancy is not null).Sum(r => (long)r.Occupancy!.Value * Math.Max(1, r.Interval)),
            OccupancyMs = all.Where(r => r.Occupancy is not null).Sum(r => (long)Math.Max(1, r.Interval)),
            SpeedWeighted = all.Where(r => r.Speed is not null).Sum(r => (long)r.Speed!.Value * r.Volume),
            SpeedVehicles = all.Where(r => r.Speed is not null).Sum(r => (long)r.Volume),
            FlowRateMilli = content.Length == 0 || !isTimed ? null : content.Sum(p => Rate(p.Volume!.Value, p.Observed)),
        };
        return row;
    }

    private static long Rate(long volume, long observed)
    {
        BigInteger scaled = new BigInteger(volume) * 3_600_000_000;
        BigInteger quotient = BigInteger.DivRem(scaled, observed, out BigInteger rest);
        return (long)(quotient + (rest * 2 >= observed ? 1 : 0));
    }

    // GB/T 33171 by speed, else the usual occupancies, written down a second time.
    private static FlowRow WithService(FlowRow row, int? free, bool byOccupancy)
    {
        row = row with { FreeFlowSpeedCenti = free };
        if (free is { } known && row.SpeedVehicles > 0)
        {
            BigInteger possible = new BigInteger(known) * row.SpeedVehicles;
            BigInteger ratio = ((new BigInteger(row.SpeedWeighted) * 2000) + possible) / (possible * 2);
            int level = 1 + new[] { 70, 50, 40, 30 }.Count(limit => new BigInteger(row.SpeedWeighted) * 100 <= limit * possible);
            return row with { SpeedRatioMilli = (int)ratio, ServiceLevel = level, LevelMethod = "gbt33171-speed-ratio" };
        }

        return !byOccupancy || row.OccupancyMs == 0 ? row : row with
        {
            ServiceLevel = 1 + new[] { 10, 15, 25, 35 }.Count(limit => row.OccupancyWeighted > new BigInteger(limit * 1000) * row.OccupancyMs),
            LevelMethod = "occupancy",
        };
    }

    private static void Add(Dictionary<RowId, FlowRow> rows, FlowRow row) =>
        rows.Add(new RowId(row.Level, row.Intersection, row.Id, row.Length, row.Start), row);
}
