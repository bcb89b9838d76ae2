using System.Threading.Channels;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Upstream;

/// <summary>
/// What the service retains at the broker: the newest message of each topic, published until the broker has taken it, and all of them again when the broker has
/// lost the session and may have lost them too. Keeps the latest: an older message of a topic is replaced, so it holds one for each board.
/// </summary>
/// <remarks>Ownership: <see cref="Put"/> and <see cref="OnLink"/> from any thread, under one lock; one loop publishes.</remarks>
internal sealed class UpstreamOutbox(IUpstreamClient client, UpstreamPlan plan, TimeProvider time, UpstreamMetrics metrics, ILogger logger)
{
    // So many answers are waited for at once: a thousand boards are sixteen round trips.
    private const int Together = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>The topic says this from now on, until <paramref name="expires"/> (Unix ms UTC) when that is given.</summary>
    public void Put(string topic, ReadOnlyMemory<byte> payload, long? expires)
    {
        lock (_gate)
        {
            _entries[topic] = new Entry(topic, payload, expires);
        }

        _wake.Writer.TryWrite(true);
    }

    public void OnLink(UpstreamLink link)
    {
        if (link is { IsConnected: true, SessionPresent: false })
        {
            lock (_gate)
            {
                foreach (var entry in _entries.Values)
                {
                    entry.IsSent = false;
                }
            }

            _wake.Writer.TryWrite(true);
        }
    }

    /// <summary>Publishes until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        try
        {
            while (await _wake.Reader.WaitToReadAsync(cancellation))
            {
                _wake.Reader.TryRead(out _);
                while (Next() is { Length: > 0 } due)
                {
                    await Task.WhenAll(due.Select(entry => PublishAsync(entry, cancellation)));
                }
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Stopping: what the broker has stays there with its expiry.
        }
        catch (MqttConnectionException)
        {
            // The client was stopped first.
        }
    }

    private Entry[] Next()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        lock (_gate)
        {
            foreach (var expired in _entries.Values.Where(e => e.Expires <= now).ToArray())
            {
                _entries.Remove(expired.Topic);
            }

            Entry[] due = [.. _entries.Values.Where(static e => !e.IsSent).Take(Together)];
            foreach (var entry in due)
            {
                // Also when it fails: a refusal is not repeated before there is something new to say.
                entry.IsSent = true;
            }

            return due;
        }
    }

    private async Task PublishAsync(Entry entry, CancellationToken cancellation)
    {
        var left = entry.Expires - time.GetUtcNow().ToUnixTimeMilliseconds();
        var properties = left is { } ms ? new MqttProperties { Expiry = TimeSpan.FromMilliseconds(Math.Max(1, ms)) } : null;
        var reason = await client.PublishAsync(
            new MqttPublication(entry.Topic, entry.Payload, QualityOfService.AtLeastOnce, Retain: true, Properties: properties), cancellation);
        if (entry.Expires <= time.GetUtcNow().ToUnixTimeMilliseconds())
        {
            return; // too late to matter what the broker said, or whether it was asked at all
        }

        if (reason.IsError())
        {
            metrics.Refused();
            UpstreamLog.Refused(logger, plan, entry.Topic, reason);
        }
        else
        {
            metrics.Published();
        }
    }

    private sealed class Entry(string topic, ReadOnlyMemory<byte> payload, long? expires)
    {
        public string Topic => topic;

        public ReadOnlyMemory<byte> Payload => payload;

        public long? Expires => expires;

        /// <summary>Under the lock: the broker has it, or has been asked to take it.</summary>
        public bool IsSent { get; set; }
    }
}
