using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Broker;

/// <summary>The last retained message of each topic, in a tree of levels so that a filter visits only what it can match.</summary>
/// <remarks>Ownership: any thread; one short lock, since retained messages are rare beside readings.</remarks>
internal sealed class RetainedStore
{
    private readonly Lock _gate = new();
    private readonly Node _root = new();
    private readonly int _maxMessages;
    private readonly long _maxBytes;
    private int _count;
    private long _bytes;

    public RetainedStore(int maxMessages, long maxBytes)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
    }

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Stores the message; an empty payload removes what was there [MQTT-3.3.1-6]. False: there is no room, nothing changed.</summary>
    public bool TrySet(ApplicationMessage message)
    {
        if (TopicFilter.Levels(message.TopicUtf8) > TopicFilter.MaxLevels)
        {
            return false;
        }

        lock (_gate)
        {
            return message.Payload.IsEmpty ? RemoveUnderLock(_root, message.TopicUtf8) : SetUnderLock(message);
        }
    }

    public ApplicationMessage? Find(ReadOnlySpan<byte> topic, long nowMs)
    {
        lock (_gate)
        {
            return NodeUnderLock(topic)?.Message is { } message && !message.IsExpired(nowMs) ? message : null;
        }
    }

    /// <summary>Adds every retained message that the filter matches.</summary>
    public void Match(ReadOnlySpan<byte> filter, long nowMs, List<ApplicationMessage> matches)
    {
        lock (_gate)
        {
            MatchUnderLock(_root, filter, ended: false, first: true, nowMs, matches);
        }
    }

    /// <summary>Forgets messages whose expiry has passed; they were no longer delivered before.</summary>
    public void RemoveExpired(long nowMs)
    {
        var expired = new List<ApplicationMessage>();
        lock (_gate)
        {
            CollectUnderLock(_root, expired, message => message.IsExpired(nowMs));
            foreach (var message in expired)
            {
                RemoveUnderLock(_root, message.TopicUtf8);
            }
        }
    }

    private static void MatchUnderLock(
        Node node, ReadOnlySpan<byte> filter, bool ended, bool first, long nowMs, List<ApplicationMessage> matches)
    {
        if (ended)
        {
            AddUnderLock(node, nowMs, matches);
            return;
        }

        var level = TopicFilter.NextLevel(ref filter, out var last);
        if (level.SequenceEqual("#"u8))
        {
            AddUnderLock(node, nowMs, matches);
            foreach (var (name, child) in node.ChildrenOrNone)
            {
                if (!first || !TopicName.IsReserved(name))
                {
                    CollectUnderLock(child, matches, message => !message.IsExpired(nowMs));
                }
            }
        }
        else if (level.SequenceEqual("+"u8))
        {
            foreach (var (name, child) in node.ChildrenOrNone)
            {
                if (!first || !TopicName.IsReserved(name))
                {
                    MatchUnderLock(child, filter, last, first: false, nowMs, matches);
                }
            }
        }
        else if (node.Find(level) is { } child)
        {
            MatchUnderLock(child, filter, last, first: false, nowMs, matches);
        }
    }

    private static void AddUnderLock(Node node, long nowMs, List<ApplicationMessage> matches)
    {
        if (node.Message is { } message && !message.IsExpired(nowMs))
        {
            matches.Add(message);
        }
    }

    private static void CollectUnderLock(Node node, List<ApplicationMessage> found, Predicate<ApplicationMessage> wanted)
    {
        if (node.Message is { } message && wanted(message))
        {
            found.Add(message);
        }

        foreach (var (_, child) in node.ChildrenOrNone)
        {
            CollectUnderLock(child, found, wanted);
        }
    }

    private Node? NodeUnderLock(ReadOnlySpan<byte> topic)
    {
        var node = _root;
        var ended = false;
        while (!ended && node is not null)
        {
            node = node.Find(TopicFilter.NextLevel(ref topic, out ended));
        }

        return node;
    }

    private bool SetUnderLock(ApplicationMessage message)
    {
        var old = NodeUnderLock(message.TopicUtf8)?.Message;
        if ((old is null && _count >= _maxMessages) || _bytes - (old?.Size ?? 0) + message.Size > _maxBytes)
        {
            return false;
        }

        var rest = message.TopicUtf8;
        var node = _root;
        var ended = false;
        while (!ended)
        {
            node = node.FindOrAdd(TopicFilter.NextLevel(ref rest, out ended));
        }

        node.Message = message;
        _count += old is null ? 1 : 0;
        _bytes += message.Size - (old?.Size ?? 0);
        return true;
    }

    private bool RemoveUnderLock(Node node, ReadOnlySpan<byte> rest)
    {
        var level = TopicFilter.NextLevel(ref rest, out var last);
        if (node.Find(level) is not { } child)
        {
            return true;
        }

        if (!last)
        {
            RemoveUnderLock(child, rest);
        }
        else if (child.Message is { } message)
        {
            child.Message = null;
            _count--;
            _bytes -= message.Size;
        }

        if (child.IsEmpty)
        {
            node.Remove(level);
        }

        return true;
    }

    private sealed class Node
    {
        private static readonly Dictionary<byte[], Node> None = [];

        private Dictionary<byte[], Node>? _children;

        public ApplicationMessage? Message { get; set; }

        public bool IsEmpty => Message is null && _children is null;

        public Dictionary<byte[], Node> ChildrenOrNone => _children ?? None;

        public Node? Find(ReadOnlySpan<byte> level) =>
            _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out var node) ? node : null;

        public Node FindOrAdd(ReadOnlySpan<byte> level)
        {
            if (Find(level) is { } existing)
            {
                return existing;
            }

            _children ??= new Dictionary<byte[], Node>(1, Utf8KeyComparer.Instance);
            return _children[level.ToArray()] = new Node();
        }

        public void Remove(ReadOnlySpan<byte> level)
        {
            _children!.GetAlternateLookup<ReadOnlySpan<byte>>().Remove(level);
            if (_children.Count == 0)
            {
                _children = null;
            }
        }
    }
}
