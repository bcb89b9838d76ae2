using System.Net;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Bounds how many connections one address has, and how fast it opens new ones. Off where the option is 0.</summary>
/// <remarks>
/// Ownership: any thread; one lock, taken when connections come and go. An address is forgotten when it has none and could open its burst again: at once without a rate, else by
/// <see cref="Sweep"/>.
/// </remarks>
/// <param name="maxConnections">Connections of one address at a time.</param>
/// <param name="maxRate">Connections that one address may open in a second, and at once.</param>
/// <param name="time">Clock of the rate.</param>
public sealed class AddressLimits(int maxConnections, int maxRate, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, Entry> _entries = [];

    /// <summary>Nothing is bounded.</summary>
    public bool IsOff => maxConnections == 0 && maxRate == 0;

    /// <summary>Addresses that are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Whether one more connection may be opened; if so, <see cref="Leave"/> is called at its end.</summary>
    public bool TryEnter(IPAddress? address)
    {
        if (IsOff || address is null)
        {
            return true;
        }

        lock (_gate)
        {
            var key = AddressGroup.Of(address);
            if (!_entries.TryGetValue(key, out var entry))
            {
                _entries[key] = entry = new Entry(new Allowance(maxRate, time.GetTimestamp()));
            }

            if ((maxConnections > 0 && entry.Open >= maxConnections) || !entry.Rate.TryTake(time))
            {
                return false;
            }

            entry.Open++;
            return true;
        }
    }

    /// <summary>A connection that was let in has ended.</summary>
    public void Leave(IPAddress? address)
    {
        if (IsOff || address is null)
        {
            return;
        }

        lock (_gate)
        {
            var key = AddressGroup.Of(address);
            if (_entries.TryGetValue(key, out var entry) && --entry.Open == 0 && maxRate == 0)
            {
                _entries.Remove(key);
            }
        }
    }

    /// <summary>Forgets addresses that have nothing left to remember.</summary>
    public void Sweep()
    {
        lock (_gate)
        {
            foreach (var (address, entry) in _entries)
            {
                if (entry.Open == 0 && entry.Rate.IsFull(time))
                {
                    _entries.Remove(address);
                }
            }
        }
    }

    private sealed class Entry(Allowance rate)
    {
        public int Open { get; set; }

        public Allowance Rate { get; } = rate;
    }
}
