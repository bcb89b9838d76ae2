using System.Globalization;
using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Faults;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Roads;

namespace TrafficCore.Simulators.City.Truth;

/// <summary>Writes down, window by window, what really happened and what the devices made of it.</summary>
/// <remarks>Ownership: the engine. Times are model time.</remarks>
internal sealed class CityTruth
{
    private readonly CityMap _map;
    private readonly CityTraffic _traffic;
    private readonly IReadOnlyList<DetectorState> _detectors;
    private readonly FaultSchedule _faults;
    private readonly CityClock _clock;
    private readonly TruthFiles _files;
    private readonly Sent[] _sent;
    private readonly ApproachTally[] _ends;
    private readonly RoadSpeeds _speeds;
    private readonly Dictionary<(int Intersection, int Channel), int> _channels;

    public CityTruth(
        CityMap map, CityTraffic traffic, IReadOnlyList<DetectorState> detectors, FaultSchedule faults, CityClock clock, TimeSpan window, RoadSpeeds speeds, TruthFiles files)
    {
        (_map, _traffic, _detectors, _faults, _clock, _speeds, _files) = (map, traffic, detectors, faults, clock, speeds, files);
        Window = (long)window.TotalMilliseconds;
        _sent = new Sent[map.Detectors.Count];
        _ends = new ApproachTally[map.Approaches.Count];
        _channels = map.Detectors.Where(static d => d.Channel > 0).ToDictionary(static d => (d.Intersection, d.Channel), static d => d.Index);
    }

    /// <summary>Length of a window, ms.</summary>
    public long Window { get; }

    /// <summary>Begins with the run.</summary>
    public void Begin()
    {
        BeginAt(_clock.Begin);
        WriteFaults();
    }

    /// <summary>A detector's reading, and whether it arrives in good form sooner or later.</summary>
    public void AddReading(int detector, in DetectorReading reading, bool isSent)
    {
        ref var sent = ref _sent[detector];
        sent.Readings += isSent ? 1 : 0;
        sent.Lost += isSent ? 0 : 1;
        sent.Volume += isSent ? reading.Volume : 0;
    }

    /// <summary>A detector-on event of a controller, and whether it arrives.</summary>
    public void AddEvent(int intersection, int channel, bool isSent)
    {
        if (_channels.TryGetValue((intersection, channel), out var detector))
        {
            ref var sent = ref _sent[detector];
            sent.Readings += isSent ? 1 : 0;
            sent.Lost += isSent ? 0 : 1;
            sent.Volume += isSent ? 1 : 0;
        }
    }

    /// <summary>Ends the window that ends now and begins the next. One that began before the run is not told of.</summary>
    public void Close(long now)
    {
        var start = now - Window;
        if (start < _clock.Begin)
        {
            BeginAt(now);
            return;
        }

        var head = string.Create(CultureInfo.InvariantCulture, $"{Iso(start)},{Window / 1000}");
        foreach (var detector in _detectors)
        {
            WriteDetector(head, detector, start, now);
        }

        _speeds.Close();
        foreach (var approach in _traffic.Approaches)
        {
            WriteApproach(head, approach);
        }

        _files.Flush();
        Restart(now);
    }

    private void BeginAt(long now)
    {
        _speeds.Restart();
        Restart(now);
    }

    private void Restart(long now)
    {
        Array.Clear(_sent);
        foreach (var approach in _traffic.Approaches)
        {
            _ends[approach.Map.Index] = approach.Tally;
        }

        foreach (var detector in _detectors)
        {
            detector.Window.Restart(now);
        }

        foreach (var approach in _traffic.Approaches)
        {
            approach.ResetQueue();
        }
    }

    private void WriteDetector(string head, DetectorState detector, long start, long now)
    {
        var map = detector.Map;
        var passed = DetectorReading.Of(detector.Window, start, (int)Window, map.Loops);
        ref readonly var sent = ref _sent[map.Index];
        decimal? speed = passed.Speed < 0 ? null : passed.Speed / 10m;
        _files.Detectors.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{head},{_map.Intersections[map.Intersection].Site.Id},{map.Site.Id},{passed.Volume},{passed.Occupancy / 100m:0.00},{speed:0.0},{sent.Readings},{sent.Volume},{sent.Lost},")
            + Active(map, start, now));
    }

    private void WriteApproach(string head, ApproachState approach)
    {
        var map = approach.Map;
        var tally = approach.Tally - _ends[map.Index];
        var speed = _speeds.Of(map);
        decimal? travel = speed is { } t ? RoadSpeed.Speed(map, t.Travel) : null, free = speed is { } f ? RoadSpeed.Speed(map, f.Free) : null;
        decimal? delay = tally.Left > 0 ? tally.Delay / 1000m / tally.Left : null;
        var state = speed is { } s ? CongestionStates.Name(CongestionStates.Of(s.RatioMilli)) : "";
        var (intersection, queue) = (_map.Intersections[map.Intersection].Site.Id, tally.QueueSeconds * 1000m / Window);
        _files.Approaches.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{head},{intersection},{map.Site.Id},{tally.Entered},{tally.Left},{approach.LongestQueue},{queue:0.0},{delay:0.0},{travel:0.0},{free:0.0},{speed?.RatioMilli / 1000m:0.000},{state}"));
    }

    private string Active(MapDetector map, long start, long now)
    {
        if (_faults.All.Count == 0)
        {
            return "";
        }

        var own = _faults.Of(FaultyDevices.Detector, map.Index);
        var controllers = _faults.Of(FaultyDevices.Controller, map.Intersection)
            .Where(f => f.Kind != FaultKind.Half || f.Parameters.Channels.Contains(map.Channel));

        // What a device counts in a window it sends in the interval that follows.
        return string.Join(';', own.Concat(controllers)
            .Where(f => f.Touches(start, f.Kind <= FaultKind.OccupancyDrift ? now : now + map.IntervalMs)).Select(static f => FaultRule.Of(f.Kind).Name).Distinct());
    }

    private void WriteFaults()
    {
        foreach (var fault in _faults.All.OrderBy(static f => f.From))
        {
            _files.Faults.WriteLine($"{Iso(fault.From)},{Iso(fault.Until)},{FaultScheduler.NameOf(_map, fault)},{FaultRule.Of(fault.Kind).Name},{FaultRule.Describe(fault)}");
        }
    }

    private string Iso(long at) => DateTimeOffset.FromUnixTimeMilliseconds(_clock.Unix(at)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private struct Sent
    {
        public int Readings;
        public int Lost;
        public long Volume;
    }
}
