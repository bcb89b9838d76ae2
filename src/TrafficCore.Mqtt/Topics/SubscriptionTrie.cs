using System.Collections.Concurrent;

namespace TrafficCore.Mqtt.Topics;

/// <summary>Finds the subscriptions whose filter matches a topic name.</summary>
/// <remarks>
/// Ownership: any thread may call any member. Writers take a short lock; <see cref="Match"/> takes none and allocates nothing, since
/// nodes publish their subscribers as arrays that are replaced whole. A match that runs beside a change sees it or does not.
/// </remarks>
public sealed class SubscriptionTrie<T>
    where T : class
{
    private readonly Lock _writers = new();
    private readonly Node _root = new();
    private long _version;
    private int _count;

    /// <summary>Grows after each change: whoever remembers a result can tell whether it still holds.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Number of subscriptions.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Adds a subscription. The filter is valid and has at most <see cref="TopicFilter.MaxLevels"/> levels.</summary>
    public void Add(ReadOnlySpan<byte> filter, T subscriber) => Change(filter, null, subscriber);

    /// <summary>Removes a subscription; nothing happens when it is not there.</summary>
    public void Remove(ReadOnlySpan<byte> filter, T subscriber) => Change(filter, subscriber, null);

    /// <summary>Puts one subscription in the place of another of the same filter: no message falls between [MQTT-3.8.4-3].</summary>
    public void Replace(ReadOnlySpan<byte> filter, T old, T subscriber) => Change(filter, old, subscriber);

    /// <summary>Adds to <paramref name="matches"/> every subscription that matches; one that was added twice is found twice.</summary>
    public void Match(ReadOnlySpan<byte> topic, List<T> matches)
    {
        // [MQTT-4.7.2-1]: wildcards at the first level do not match names that begin with `$`.
        var reserved = TopicName.IsReserved(topic);
        if (!reserved)
        {
            AddAll(_root.Below, matches);
        }

        MatchLevel(_root, topic, ended: false, reserved, matches);
    }

    private static void MatchLevel(Node node, ReadOnlySpan<byte> rest, bool ended, bool reserved, List<T> matches)
    {
        // Depth is bounded by the deepest filter, not by the topic name.
        if (ended)
        {
            AddAll(node.Here, matches);
            return;
        }

        var level = TopicFilter.NextLevel(ref rest, out var last);
        var any = reserved ? null : Volatile.Read(ref node.Any);
        if (any is not null)
        {
            AddAll(any.Below, matches);
            MatchLevel(any, rest, last, reserved: false, matches);
        }

        var children = Volatile.Read(ref node.Children);
        if (children is not null && children.Find(level) is { } child)
        {
            AddAll(child.Below, matches);
            MatchLevel(child, rest, last, reserved: false, matches);
        }
    }

    private static void AddAll(T[] subscribers, List<T> matches)
    {
        foreach (var subscriber in subscribers)
        {
            matches.Add(subscriber);
        }
    }

    private void Change(ReadOnlySpan<byte> filter, T? old, T? added)
    {
        lock (_writers)
        {
            _count += ChangeUnderLock(_root, filter, ended: false, old, added);
            Volatile.Write(ref _version, _version + 1);
        }
    }

    private static int ChangeUnderLock(Node node, ReadOnlySpan<byte> rest, bool ended, T? old, T? added)
    {
        if (ended)
        {
            return Swap(ref node.Here, old, added);
        }

        var level = TopicFilter.NextLevel(ref rest, out var last);
        if (level.SequenceEqual("#"u8))
        {
            return Swap(ref node.Below, old, added);
        }

        var child = ChildUnderLock(node, level, create: added is not null);
        if (child is null)
        {
            return 0;
        }

        var change = ChangeUnderLock(child, rest, last, old, added);
        if (child.IsEmpty)
        {
            RemoveChildUnderLock(node, level);
        }

        return change;
    }

    private static Node? ChildUnderLock(Node node, ReadOnlySpan<byte> level, bool create)
    {
        if (level.SequenceEqual("+"u8))
        {
            if (node.Any is null && create)
            {
                Volatile.Write(ref node.Any, new Node());
            }

            return node.Any;
        }

        if (node.Children is null && create)
        {
            Volatile.Write(ref node.Children, new ChildMap());
        }

        var child = node.Children?.Find(level);
        return child is null && create ? node.Children!.Add(level) : child;
    }

    private static void RemoveChildUnderLock(Node node, ReadOnlySpan<byte> level)
    {
        if (level.SequenceEqual("+"u8))
        {
            Volatile.Write(ref node.Any, null);
            return;
        }

        if (node.Children!.Remove(level) == 0)
        {
            Volatile.Write(ref node.Children, null);
        }
    }

    private static int Swap(ref T[] subscribers, T? old, T? added)
    {
        var index = old is null ? -1 : Array.IndexOf(subscribers, old);
        T[] changed;
        if (index < 0)
        {
            if (added is null)
            {
                return 0;
            }

            changed = [.. subscribers, added];
        }
        else if (added is null)
        {
            changed = [.. subscribers.AsSpan(0, index), .. subscribers.AsSpan(index + 1)];
        }
        else
        {
            changed = [.. subscribers];
            changed[index] = added;
        }

        var change = changed.Length - subscribers.Length;
        Volatile.Write(ref subscribers, changed);
        return change;
    }

    private sealed class Node
    {
        /// <summary>Filters that end at this level.</summary>
        public T[] Here = [];

        /// <summary>Filters that end with `#` below this level; they match this level too.</summary>
        public T[] Below = [];

        /// <summary>The level `+`.</summary>
        public Node? Any;

        public ChildMap? Children;

        public bool IsEmpty => Here.Length == 0 && Below.Length == 0 && Any is null && Children is null;
    }

    /// <summary>Children by name. Concurrent, because readers take no lock.</summary>
    private sealed class ChildMap
    {
        private readonly ConcurrentDictionary<byte[], Node> _nodes = new(concurrencyLevel: 1, capacity: 5, Utf8KeyComparer.Instance);
        private readonly ConcurrentDictionary<byte[], Node>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

        public ChildMap() => _lookup = _nodes.GetAlternateLookup<ReadOnlySpan<byte>>();

        public Node? Find(ReadOnlySpan<byte> level) => _lookup.TryGetValue(level, out var node) ? node : null;

        public Node Add(ReadOnlySpan<byte> level)
        {
            var node = new Node();
            _nodes[level.ToArray()] = node;
            return node;
        }

        public int Remove(ReadOnlySpan<byte> level)
        {
            _lookup.TryRemove(level, out _);
            return _nodes.Count;
        }
    }
}
