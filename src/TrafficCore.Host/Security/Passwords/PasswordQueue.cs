using System.Net;
using TrafficCore.Mqtt.Broker;

namespace TrafficCore.Host.Security.Passwords;

/// <summary>
/// Checks that wait, fair to where they come from: addresses (IPv6: one /64) take turns, so what one of them asks waits for one check of each other, however many those have waiting. When it is
/// full, a newcomer pushes out the newest check of the address with the most, unless its own has as many.
/// </summary>
/// <remarks>Ownership: the gate, under its lock. Putting in and taking out cost the same whatever waits; pushing out looks at each address once.</remarks>
internal sealed class PasswordQueue(int capacity)
{
    private readonly Dictionary<IPAddress, LinkedList<PasswordCheck>> waiting = [];
    private readonly Queue<IPAddress> turns = new();

    /// <summary>Checks that wait.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a check in. The one that finds no room, an older one of another address or this one itself, is handed back.</summary>
    public PasswordCheck? Add(PasswordCheck check)
    {
        var address = AddressGroup.Of(check.From);
        var own = waiting.GetValueOrDefault(address);
        PasswordCheck? left = null;
        if (Count >= capacity)
        {
            var longest = waiting.Values.MaxBy(static c => c.Count)!;
            if (longest.Count <= (own?.Count ?? 0) + 1)
            {
                return check;
            }

            left = longest.Last!.Value;
            longest.RemoveLast();
            Count--;
        }

        if (own is null)
        {
            waiting[address] = own = new LinkedList<PasswordCheck>();
            turns.Enqueue(address);
        }

        own.AddLast(check);
        Count++;
        return left;
    }

    /// <summary>Takes the oldest check of the address whose turn it is; null when nothing waits.</summary>
    public PasswordCheck? Take()
    {
        if (!turns.TryDequeue(out var address))
        {
            return null;
        }

        var own = waiting[address];
        var check = own.First!.Value;
        own.RemoveFirst();
        Count--;
        if (own.Count > 0)
        {
            turns.Enqueue(address);
        }
        else
        {
            waiting.Remove(address);
        }

        return check;
    }
}
