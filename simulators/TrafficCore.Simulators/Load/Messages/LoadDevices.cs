namespace TrafficCore.Simulators.Load;

/// <summary>The devices behind one connection: decides what its next message is.</summary>
/// <remarks>Ownership: its connection, under the connection's lock.</remarks>
internal sealed class LoadDevices
{
    private readonly LoadMix _mix;
    private readonly LoadUnit[] _readings;
    private readonly LoadUnit _controller;
    private readonly LoadUnit _environment;
    private readonly LoadUnit _parking;
    private readonly Random _random;
    private readonly double _events;
    private readonly double _environments;
    private readonly double _parkings;
    private int _next;

    public LoadDevices(LoadLayout layout, LoadMix mix, int connection)
    {
        _mix = mix;
        _readings = [.. layout.UnitsOf(connection, mix)];
        var intersection = layout.FirstIntersectionOf(connection);
        _controller = LoadUnit.Controller(intersection, $"c-{connection + 1}", mix.EventsPerBatch);
        _environment = LoadUnit.Sensor(LoadKind.Environment, intersection, $"e-{connection + 1}");
        _parking = LoadUnit.Sensor(LoadKind.Parking, intersection, $"p-{connection + 1}");
        _events = mix.Events;
        _environments = _events + mix.Environment;
        _parkings = _environments + mix.Parking;

        // The same connection sends the same in every run.
        _random = new Random(connection);
    }

    /// <summary>Whether the message that came from <see cref="Next"/> last is to be sent once more.</summary>
    public bool RepeatsLast { get; private set; }

    /// <summary>The next message.</summary>
    public LoadMessage Next(long due, long unixMs)
    {
        var draw = _parkings > 0 ? _random.NextDouble() : 1;
        var unit = draw < _events ? _controller : draw < _environments ? _environment : draw < _parkings ? _parking : NextReadings();
        var isReadings = unit.Kind == LoadKind.Readings;
        var isLate = isReadings && _mix.Late > 0 && _random.NextDouble() < _mix.Late;
        RepeatsLast = isReadings && _mix.Duplicates > 0 && _random.NextDouble() < _mix.Duplicates;
        return unit.Next(due, unixMs, isLate ? (long)_mix.LateBy.TotalMilliseconds : 0);
    }

    private LoadUnit NextReadings()
    {
        var unit = _readings[_next];
        _next = (_next + 1) % _readings.Length;
        return unit;
    }
}
