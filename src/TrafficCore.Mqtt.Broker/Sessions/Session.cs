using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What the server remembers of a client between packets, and between connections when the client wants it.</summary>
internal sealed class Session
{
    /// <summary>
    /// What the filters of a client may take, in bytes for each subscription that it may have: the longest of the contract take 230 bytes and seven levels.
    /// </summary>
    private const int RoomPerSubscription = 1024;

    /// <summary>What a level of a filter costs in the trie beside its bytes.</summary>
    private const int LevelCost = 64;

    // Any thread.
    private Outbox? _outbox;
    private ConnectionOutput? _output;

    /// <summary>Larger messages are not journaled, since a record has an end: they wait in memory only. 8 MiB: half of the longest record.</summary>
    private const int MaxJournaledBytes = 8 * 1024 * 1024;

    public Session(string clientId, long number, bool isDurable = false)
    {
        ClientId = clientId;
        Number = number;
        IsDurable = isDurable;
    }

    public string ClientId { get; }

    /// <summary>The journal holds it: it outlives its connection, and the service.</summary>
    public bool IsDurable { get; }

    /// <summary>A connection takes its messages.</summary>
    public bool IsOnline => Volatile.Read(ref _output) is not null;

    /// <summary>Unique, to sort by.</summary>
    public long Number { get; }

    /// <summary>Messages for the client; made by its first subscription.</summary>
    public Outbox? Outbox => Volatile.Read(ref _outbox);

    // Read loop of the attached connection; the registry while there is none.

    /// <summary>Subscriptions by filter; made by the first one.</summary>
    public Dictionary<byte[], Subscription>? Subscriptions { get; private set; }

    private long _filterCost;

    /// <summary>QoS 2 packet ids that were received and not yet released.</summary>
    public ReceivedPacketIds? ReceivedIds { get; private set; }

    /// <summary>
    /// QoS 2 packet ids that the log knew when the service started. The session itself was lost, so the client was told that there is none: one
    /// that begins anew sends fresh packets under these ids, one that goes on sends them again with DUP set.
    /// </summary>
    public HashSet<ushort>? RestoredIds { get; set; }

    /// <summary>The number of the will that the journal holds for it; 0 for none. Before the first connection: the one who restores it.</summary>
    public long StoredWill { get; set; }

    // Registry, under its lock.
    public MqttConnection? Connection { get; set; }

    /// <summary>Whose it is; null for nobody's.</summary>
    public string? Account { get; set; }

    public long ExpiryMs { get; set; }

    public long ExpiresAtMs { get; set; }

    public PendingWill? PendingWill { get; set; }

    public bool HasRecordedIds => ReceivedIds is { Count: > 0 } || RestoredIds is { Count: > 0 };

    public Outbox OutboxOrNew(BrokerOptions options, QueueRoom room)
    {
        if (Outbox is { } existing)
        {
            return existing;
        }

        var created = new Outbox(options.QueueMessages, options.QueueBytes, room);
        return Interlocked.CompareExchange(ref _outbox, created, null) ?? created;
    }

    /// <summary>Takes room for one more subscription; false when the client has as many as it may, or their filters are too long together.</summary>
    public bool TryTakeRoomFor(ReadOnlySpan<byte> filter, int maxSubscriptions)
    {
        var cost = CostOf(filter);
        if (Subscriptions?.Count >= maxSubscriptions || _filterCost + cost > (long)maxSubscriptions * RoomPerSubscription)
        {
            return false;
        }

        _filterCost += cost;
        return true;
    }

    /// <summary>A subscription for which room was taken has ended.</summary>
    public void GiveRoomBack(ReadOnlySpan<byte> filter) => _filterCost -= CostOf(filter);

    public Dictionary<byte[], Subscription> SubscriptionsOrNew() => Subscriptions ??= new(Utf8KeyComparer.Instance);

    public ReceivedPacketIds ReceivedIdsOrNew(BrokerOptions options, QueueRoom room) => ReceivedIds ??= new ReceivedPacketIds(room, options.ReceiveMaximum);

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

    /// <summary>Queues a message and notes whose output has something to send now; what the journal must hold first is held in the pass.</summary>
    public DeliveryResult Deliver(in Delivery delivery, RoutingPass pass)
    {
        DeliveryResult result;
        if (IsJournaled(delivery))
        {
            var reserved = delivery;
            result = Outbox!.Reserve(ref reserved);
            if (result == DeliveryResult.Queued)
            {
                pass.Hold(this, reserved);
            }

            return result;
        }

        result = Outbox!.Enqueue(delivery);
        if (result == DeliveryResult.Queued)
        {
            Touch(pass);
        }

        return result;
    }

    /// <summary>The same for the retained messages of a new subscription, whole.</summary>
    /// <param name="messages">All of them.</param>
    /// <param name="subscription">What asked for them.</param>
    /// <param name="pass">Where the session's output is noted, and what the journal must hold first.</param>
    /// <param name="sent">How many were queued; with a result other than <see cref="DeliveryResult.Queued"/> none.</param>
    public DeliveryResult DeliverRetained(List<ApplicationMessage> messages, Subscription subscription, RoutingPass pass, out int sent)
    {
        var outbox = Outbox!;
        DeliveryResult result;
        if (!IsDurable)
        {
            result = outbox.EnqueueRetained(messages, subscription.Options, subscription.Identifiers);
            sent = result == DeliveryResult.Queued ? messages.Count : 0;
            return result;
        }

        sent = 0;
        result = outbox.TakeRoom(messages);
        foreach (var message in result == DeliveryResult.Queued ? messages : [])
        {
            var qos = message.QoS < subscription.Options.QoS ? message.QoS : subscription.Options.QoS;
            var delivery = new Delivery(message, qos, Retain: true, subscription.Identifiers);
            if (!IsJournaled(delivery))
            {
                sent += outbox.TryEnqueueTaken(delivery) ? 1 : 0;
            }
            else if (outbox.TryReserveTaken(ref delivery))
            {
                pass.Hold(this, delivery);
                sent++;
            }
        }

        return result;
    }

    public void Touch(RoutingPass pass)
    {
        if (Volatile.Read(ref _output) is { } output)
        {
            pass.Touch(output);
        }
    }

    public void SignalOutput() => Volatile.Read(ref _output)?.Signal();

    private static int CostOf(ReadOnlySpan<byte> filter) => filter.Length + (LevelCost * TopicFilter.Levels(filter));

    private bool IsJournaled(in Delivery delivery) =>
        IsDurable && delivery.QoS != QualityOfService.AtMostOnce && delivery.Message!.Size <= MaxJournaledBytes;
}
