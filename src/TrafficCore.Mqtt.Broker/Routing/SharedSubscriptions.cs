using System.Text;
using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// All shared subscriptions, by account, group and filter (5.0 section 4.8.2). Each group stands in the trie once, for all its members. A group belongs to the account of who joins it: under the
/// same name another account has another one, so that nobody takes a share of what others are dealt.
/// </summary>
/// <remarks>Ownership: any thread; one short lock, taken when members come and go.</remarks>
internal sealed class SharedSubscriptions(SubscriptionTrie<Subscription> subscriptions)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<byte[], Subscription> _groups = new(Utf8KeyComparer.Instance);

    public void Add(Subscription member)
    {
        lock (_gate)
        {
            var key = KeyOf(member.Account, member.Filter);
            if (_groups.TryGetValue(key, out var group))
            {
                group.Group!.AddUnderLock(member);
                return;
            }

            group = new Subscription { Filter = member.Filter, Group = new SharedGroup(member.Filter) };
            group.Group.AddUnderLock(member);
            _groups[key] = group;
            subscriptions.Add(member.Matched, group);
        }
    }

    public SharedGroup? Find(string? account, byte[] filter)
    {
        lock (_gate)
        {
            return _groups.GetValueOrDefault(KeyOf(account, filter))?.Group;
        }
    }

    public void Replace(Subscription old, Subscription member)
    {
        lock (_gate)
        {
            _groups[KeyOf(old.Account, old.Filter)].Group!.ReplaceUnderLock(old, member);
        }
    }

    public void Remove(Subscription member)
    {
        lock (_gate)
        {
            var key = KeyOf(member.Account, member.Filter);
            if (!_groups.TryGetValue(key, out var group))
            {
                return;
            }

            group.Group!.RemoveUnderLock(member);
            if (group.Group.Count == 0)
            {
                _groups.Remove(key);
                subscriptions.Remove(member.Matched, group);
            }
        }
    }

    // U+0000 is in no filter [MQTT-1.5.4-2], so no two accounts and filters give the same key.
    private static byte[] KeyOf(string? account, byte[] filter) => account is null ? filter : [.. Encoding.UTF8.GetBytes(account), 0, .. filter];
}
