using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Load;

/// <summary>Tells connections when something of theirs has become due. Late or not, it never skips: what it comes to late was due when it was due.</summary>
/// <remarks>Ownership: a thread of its own, which wakes every millisecond; what came due in between goes out together.</remarks>
internal sealed class LoadScheduler
{
    /// <summary>How often idle connections are looked for.</summary>
    private const long PingStep = 1_000_000_000;

    private readonly LoadRun _run;
    private readonly LoadConnection[] _connections;
    private readonly ConsoleProgress _progress;
    private long _steady;
    private long _burst;
    private int _storm;
    private long _pinged;

    public LoadScheduler(LoadRun run, LoadConnection[] connections, ConsoleProgress progress)
    {
        _run = run;
        _connections = connections;
        _progress = progress;
    }

    /// <summary>Until everything has been due, or until cancelled; true when everything has been due.</summary>
    public bool Run(CancellationToken cancellation)
    {
        var schedule = _run.Schedule;
        while (!cancellation.IsCancellationRequested)
        {
            var now = _run.Clock.Nanoseconds;
            PumpDue(ref _steady, schedule.SteadyDue(now));
            PumpDue(ref _burst, schedule.BurstDue(now));
            for (; _storm < schedule.Storms.Count && schedule.Storms[_storm].At <= now; _storm++)
            {
                Array.ForEach(_connections, static c => c.Drop());
            }

            Ping(now);
            if (_steady == schedule.SteadyTotal && _burst == schedule.BurstTotal && _storm == schedule.Storms.Count)
            {
                return true;
            }

            _progress.Report((double)now / schedule.EndNanoseconds, this, static s => s.Describe());
            Thread.Sleep(1);
        }

        return false;
    }

    private void PumpDue(ref long next, long due)
    {
        // One look at a connection sends all that it has due.
        var end = Math.Min(due, next + _connections.Length);
        for (var i = next; i < end; i++)
        {
            _connections[i % _connections.Length].Pump();
        }

        next = due;
    }

    private void Ping(long now)
    {
        if (now - _pinged > PingStep)
        {
            _pinged = now;
            foreach (var connection in _connections)
            {
                connection.PingWhenIdle(now);
            }
        }
    }

    private string Describe()
    {
        var counts = LoadCounts.Of(_connections);
        return $"{counts.Sent} of {_run.Schedule.Total} messages sent, {counts.Answered} answered, {counts.Reconnects} reconnects";
    }
}
