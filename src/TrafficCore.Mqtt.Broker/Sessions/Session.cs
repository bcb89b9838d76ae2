using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What the server remembers of a client between packets, and between connections when the client wants it.</summary>
internal sealed class Session
{
    // Any thread.
    private Outbox? _outbox;
    private ConnectionOutput? _output;

    public Session(string clientId, long number)
    {
        ClientId = clientId;
        Number = number;
    }

    public string ClientId { get; }

    /// <summary>Unique, to sort by.</summary>
    public long Number { get; }

    /// <summary>Messages for the client; made by its first subscription.</summary>
    public Outbox? Outbox => Volatile.Read(ref _outbox);

    // Read loop of the attached connection; the registry while there is none.

    /// <summary>Subscriptions by filter; made by the first one.</summary>
    public Dictionary<byte[], Subscription>? Subscriptions { get; private set; }

    /// <summary>QoS 2 packet ids that were received and not yet released.</summary>
    public HashSet<ushort>? ReceivedIds { get; private set; }

    /// <summary>
    /// QoS 2 packet ids that the log knew when the service started. The session itself was lost, so the client was told that there is none: one
    /// that begins anew sends fresh packets under these ids, one that goes on sends them again with DUP set.
    /// </summary>
    public HashSet<ushort>? RestoredIds { get; set; }

    // Registry, under its lock.
    public MqttConnection? Connection { get; set; }

    public long ExpiryMs { get; set; }

    public long ExpiresAtMs { get; set; }

    public PendingWill? PendingWill { get; set; }

    public bool HasRecordedIds => ReceivedIds is { Count: > 0 } || RestoredIds is { Count: > 0 };

    public Outbox OutboxOrNew(BrokerOptions options)
    {
        if (Outbox is { } existing)
        {
            return existing;
        }

        var created = new Outbox(options.QueueMessages, options.QueueBytes);
        return Interlocked.CompareExchange(ref _outbox, created, null) ?? created;
    }

    public Dictionary<byte[], Subscription> SubscriptionsOrNew() => Subscriptions ??= new(Utf8KeyComparer.Instance);

    public HashSet<ushort> ReceivedIdsOrNew() => ReceivedIds ??= [];

    /// <summary>Messages go to this output from now on; the caller signals it afterwards, because some may have come before.</summary>
    public void GoOnline(ConnectionOutput output, int window)
    {
        Outbox?.GoOnline(output, window);
        Volatile.Write(ref _output, output);
    }

    public void GoOffline()
    {
        Volatile.Write(ref _output, null);
        Outbox?.GoOffline();
    }

    /// <summary>Queues a message and notes whose output has something to send now.</summary>
    public DeliveryResult Deliver(in Delivery delivery, List<ConnectionOutput> touched)
    {
        var result = Outbox!.Enqueue(delivery);
        if (result == DeliveryResult.Queued)
        {
            Touch(touched);
        }

        return result;
    }

    public void Touch(List<ConnectionOutput> touched)
    {
        if (Volatile.Read(ref _output) is { } output && (touched.Count == 0 || touched[^1] != output))
        {
            touched.Add(output);
        }
    }
}
