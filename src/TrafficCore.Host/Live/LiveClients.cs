using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace TrafficCore.Host.Live;

/// <summary>The streams that are open: a bounded number, taken in by the feed's loop.</summary>
/// <remarks>Ownership: requests join and leave; the feed's loop admits, tells and ends. Any thread may count.</remarks>
internal sealed class LiveClients(int most)
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<LiveClient, bool> open = new(); // true: admitted
    private readonly Channel<LiveClient> arrivals = Channel.CreateBounded<LiveClient>(new BoundedChannelOptions(most) { FullMode = BoundedChannelFullMode.Wait, SingleReader = true });
    private bool isClosed;

    public int Count => open.Count;

    /// <summary>Those that were admitted and have not left.</summary>
    public IEnumerable<LiveClient> Admitted => open.Where(static c => c.Value).Select(static c => c.Key);

    public bool TryJoin(LiveClient client, [NotNullWhen(false)] out string? why)
    {
        lock (gate)
        {
            why = isClosed ? "the service stops" : $"{most} streams are open, as many as Live:MaxClients allows";
            if (isClosed || open.Count >= most)
            {
                return false;
            }

            // There first, so that whoever takes it from the queue finds it.
            open.TryAdd(client, false);
            if (!arrivals.Writer.TryWrite(client))
            {
                Leave(client); // as many have come and gone and were not looked at yet
                return false;
            }

            why = null;
            return true;
        }
    }

    public void Leave(LiveClient client) => open.TryRemove(client, out _);

    /// <summary>Completes when a client waits to be admitted.</summary>
    public async Task WaitAsync(CancellationToken cancellation) => await arrivals.Reader.WaitToReadAsync(cancellation);

    /// <summary>Admits the next client that waits and is still there.</summary>
    public bool TryAdmit([NotNullWhen(true)] out LiveClient? client)
    {
        while (arrivals.Reader.TryRead(out client))
        {
            if (open.TryUpdate(client, true, false))
            {
                return true;
            }
        }

        return false;
    }

    public void Tell(in LiveKey key)
    {
        foreach (var client in Admitted)
        {
            client.Tell(key);
        }
    }

    /// <summary>Ends those for which it holds; they leave by themselves.</summary>
    public void End(LiveEnd why, Func<LiveClient, bool> which)
    {
        foreach (var (client, _) in open)
        {
            if (which(client))
            {
                client.End(why);
            }
        }
    }

    /// <summary>Ends everybody, those too that wait to be admitted: only who comes later is served anew.</summary>
    public void Fail()
    {
        while (TryAdmit(out _))
        {
        }

        End(LiveEnd.Failed, static _ => true);
    }

    /// <summary>Lets nobody in any more, and ends everybody.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
        }

        End(LiveEnd.Stopping, static _ => true);
    }
}
