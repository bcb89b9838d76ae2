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

    // What counts towards the limits: clients' messages. The service's own do not, so neither can crowd out the other.
    private int _limitedCount;
    private long _limitedBytes;

    public RetainedStore(int maxMessages, long maxBytes)
    {
        _maxMessages = maxMessages;
        _maxBytes = maxBytes;
    }

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Stores the message; an empty payload removes what was there [MQTT-3.3.1-6]. False: there is no room, nothing changed.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isLimited">It counts towards the limits and is refused over them.</param>
    public bool TrySet(ApplicationMessage message, bool isLimited = true)
    {
        if (TopicFilter.Levels(message.TopicUtf8) > TopicFilter.MaxLevels)
        {
            return false;
        }

        lock (_gate)
        {
            return message.Payload.IsEmpty ? RemoveUnderLock(_root, message.TopicUtf8) : SetUnderLock(message, isLimited);
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

    private bool SetUnderLock(ApplicationMessage message, bool isLimited)
    {
        var counted = NodeUnderLock(message.TopicUtf8) is { IsLimited: true } limited ? limited.Message : null;
        if (isLimited
            && ((counted is null && _limitedCount >= _maxMessages) || _limitedBytes - (counted?.Size ?? 0) + message.Size > _maxBytes))
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

        ReplaceUnderLock(node, message, isLimited);
        return true;
    }

    private void ReplaceUnderLock(Node node, ApplicationMessage? message, bool isLimited)
    {
        CountUnderLock(node, -1);
        node.Message = message;
        node.IsLimited = isLimited && message is not null;
        CountUnderLock(node, 1);
    }

    private void CountUnderLock(Node node, int sign)
    {
        if (node.Message is not { } message)
        {
            return;
        }

        _count += sign;
        _bytes += sign * message.Size;
        if (node.IsLimited)
        {
            _limitedCount += sign;
            _limitedBytes += sign * message.Size;
        }
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
        else
        {
            ReplaceUnderLock(child, null, isLimited: false);
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

        /// <summary>The message counts towards the limits.</summary>
        public bool IsLimited { get; set; }

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
