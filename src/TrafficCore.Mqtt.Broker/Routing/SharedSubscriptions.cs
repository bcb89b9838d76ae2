using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Broker;

/// <summary>All shared subscriptions, by group and filter (5.0 section 4.8.2). Each group stands in the trie once, for all its members.</summary>
/// <remarks>Ownership: any thread; one short lock, taken when members come and go.</remarks>
internal sealed class SharedSubscriptions(SubscriptionTrie<Subscription> subscriptions)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], Subscription> _groups = new(Utf8KeyComparer.Instance);

    public void Add(Subscription member)
    {
        lock (_gate)
        {
            if (_groups.TryGetValue(member.Filter, out var group))
            {
                group.Group!.AddUnderLock(member);
                return;
            }

            group = new Subscription { Filter = member.Filter, Group = new SharedGroup(member.Filter) };
            group.Group.AddUnderLock(member);
            _groups[member.Filter] = group;
            subscriptions.Add(member.Matched, group);
        }
    }

    public SharedGroup? Find(byte[] filter)
    {
        lock (_gate)
        {
            return _groups.GetValueOrDefault(filter)?.Group;
        }
    }

    public void Replace(Subscription old, Subscription member)
    {
        lock (_gate)
        {
            _groups[member.Filter].Group!.ReplaceUnderLock(old, member);
        }
    }

    public void Remove(Subscription member)
    {
        lock (_gate)
        {
            if (!_groups.TryGetValue(member.Filter, out var group))
            {
                return;
            }

            group.Group!.RemoveUnderLock(member);
            if (group.Group.Count == 0)
            {
                _groups.Remove(member.Filter);
                subscriptions.Remove(member.Matched, group);
            }
        }
    }
}
