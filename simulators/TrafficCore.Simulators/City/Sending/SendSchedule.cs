namespace TrafficCore.Simulators.City.Sending;

/// <summary>
/// Who sends when, for senders that share a period: a list in the order of the moment, walked once each period, instead of a timer for each device.
/// </summary>
/// <remarks>Ownership: the engine. Periods are aligned to the Unix epoch.</remarks>
internal sealed class SendSchedule
{
    private readonly (int Moment, int Sender)[] _order;
    private int _next;

    /// <param name="period">Milliseconds, a multiple of the model's step.</param>
    /// <param name="senders">Moment within the period and number of each sender.</param>
    public SendSchedule(int period, IEnumerable<(int Moment, int Sender)> senders)
    {
        Period = period;
        _order = [.. senders.Order()];
        _next = _order.Length;
    }

    public int Period { get; }

    /// <summary>When the period of a moment ends.</summary>
    public long EndOf(long now) => now - (now % Period) + Period;

    /// <summary>
    /// The next that sends before <paramref name="until"/>, which is not after the period's end; false when nobody does. Nobody sends before the
    /// first period that is seen from its begin, because there is nothing yet to tell.
    /// </summary>
    public bool TryTake(long now, long until, out long due, out int sender)
    {
        var begin = now - (now % Period);
        if (_next < _order.Length && begin + _order[_next].Moment < until)
        {
            (due, sender) = (begin + _order[_next].Moment, _order[_next].Sender);
            _next++;
            return true;
        }

        (due, sender) = (0, 0);
        return false;
    }

    /// <summary>Begins a period.</summary>
    public void Restart() => _next = 0;
}
