namespace TrafficCore.Simulators.Load;

/// <summary>Walks through what one connection has to send, in the order in which it becomes due.</summary>
/// <remarks>Ownership: its connection, under the connection's lock.</remarks>
internal struct LoadCursor
{
    private readonly LoadSchedule _schedule;
    private long _steady;
    private long _burst;
    private long _backlog;
    private int _storm;
    private long _steadyAt;
    private long _burstAt;
    private long _backlogAt;

    public LoadCursor(LoadSchedule schedule, int connection)
    {
        _schedule = schedule;
        _steady = _burst = connection;
        _storm = -1;
        _steadyAt = schedule.SteadyAt(_steady);
        _burstAt = schedule.BurstAt(_burst);
        NextStorm();
    }

    /// <summary>When the next message is due, nanoseconds after the start; never when there is none.</summary>
    public readonly long NextAt => Math.Min(Math.Min(_steadyAt, _burstAt), _backlogAt);

    /// <summary>Goes on behind the next message.</summary>
    public void Take()
    {
        var at = NextAt;
        if (at == _steadyAt)
        {
            _steady += _schedule.Connections;
            _steadyAt = _schedule.SteadyAt(_steady);
        }
        else if (at == _burstAt)
        {
            _burst += _schedule.Connections;
            _burstAt = _schedule.BurstAt(_burst);
        }
        else if (--_backlog == 0)
        {
            NextStorm();
        }
    }

    private void NextStorm()
    {
        do
        {
            _storm++;
        }
        while (_storm < _schedule.Storms.Count && _schedule.Storms[_storm].Backlog == 0);
        (_backlogAt, _backlog) = _storm < _schedule.Storms.Count ? _schedule.Storms[_storm] : (long.MaxValue, 0);
    }
}
