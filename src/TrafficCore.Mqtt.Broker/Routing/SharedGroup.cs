namespace TrafficCore.Mqtt.Broker;

/// <summary>The members of one shared subscription. Each message goes to one of them, in turn.</summary>
/// <remarks>Ownership: any thread deals; who joins or leaves does so under the lock of <see cref="SharedSubscriptions"/>, which replaces the members whole.</remarks>
internal sealed class SharedGroup(byte[] filter)
{
    private Subscription[] _members = [];
    private int _turn = -1;

    /// <summary>`$share/{group}/{filter}`.</summary>
    public byte[] Filter => filter;

    public int Count => Volatile.Read(ref _members).Length;

    public void AddUnderLock(Subscription member) => Volatile.Write(ref _members, [.. _members, member]);

    public void RemoveUnderLock(Subscription member) => Volatile.Write(ref _members, [.. _members.Where(m => m != member)]);

    public void ReplaceUnderLock(Subscription old, Subscription member) =>
        Volatile.Write(ref _members, [.. _members.Select(m => m == old ? member : m)]);

    /// <summary>
    /// Gives the message to the next member that is connected and has room; without one, to the next whose session waits for it. What the last of them
    /// said otherwise.
    /// </summary>
    public DeliveryResult Deal(ApplicationMessage message, RoutingPass pass)
    {
        var members = Volatile.Read(ref _members);
        var result = DeliveryResult.Offline;
        var first = Interlocked.Increment(ref _turn) & int.MaxValue;
        foreach (var isOnline in (ReadOnlySpan<bool>)[true, false])
        {
            for (var i = 0; i < members.Length; i++)
            {
                var member = members[(first + i) % members.Length];
                if (member.Session!.IsOnline != isOnline)
                {
                    continue;
                }

                var qos = member.Options.QoS < message.QoS ? member.Options.QoS : message.QoS;
                var retain = message.Retain && member.Options.RetainAsPublished;
                result = member.Session.Deliver(new Delivery(message, qos, retain, member.Identifiers, Shared: this), pass);
                if (result == DeliveryResult.Queued)
                {
                    return result;
                }
            }
        }

        return result;
    }
}
