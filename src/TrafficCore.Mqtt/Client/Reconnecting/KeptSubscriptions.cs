using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>What a reconnecting client has subscribed to, so that it can do so again where the broker has lost it.</summary>
/// <remarks>Ownership: every member under the session's lock, entries too; their task may be awaited anywhere.</remarks>
internal sealed class KeptSubscriptions
{
    private readonly Dictionary<string, KeptSubscription> _entries = new(StringComparer.Ordinal);

    /// <summary>Adds a subscription, in place of one with the same filter.</summary>
    /// <param name="subscription">The subscription.</param>
    /// <param name="isGranted">It is taken for granted: a broker that refuses it is no broker to stay with.</param>
    public KeptSubscription Add(MqttSubscription subscription, bool isGranted)
    {
        var entry = new KeptSubscription(subscription);
        if (isGranted)
        {
            entry.Granted.SetResult(subscription.QoS);
        }

        return _entries[subscription.Filter] = entry;
    }

    public void Remove(string filter) => _entries.Remove(filter);

    /// <summary>The broker knows none of them any more.</summary>
    public void Forget()
    {
        foreach (var entry in _entries.Values)
        {
            entry.IsAtBroker = false;
        }
    }

    public KeptSubscription[] Missing() => [.. _entries.Values.Where(static e => !e.IsAtBroker)];

    /// <summary>Nobody will subscribe them any more.</summary>
    public void Fail(MqttConnectionException why)
    {
        foreach (var entry in _entries.Values)
        {
            entry.Granted.TrySetException(why);
        }
    }
}

/// <summary>One of them.</summary>
internal sealed class KeptSubscription(MqttSubscription subscription)
{
    public MqttSubscription Subscription => subscription;

    /// <summary>The broker's present session has it.</summary>
    public bool IsAtBroker { get; set; }

    /// <summary>Ends with the broker's first answer.</summary>
    public TaskCompletionSource<QualityOfService> Granted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
