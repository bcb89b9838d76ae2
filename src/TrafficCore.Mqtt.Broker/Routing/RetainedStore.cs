using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Broker;

/// <summary>The last retained message of each topic, in a tree of levels so that a filter visits only what it can match.</summary>
/// <remarks>Ownership: any thread; one short lock, since retained messages are rare beside readings.</remarks>
internal sealed class RetainedStore
{
    /// <summary>
    /// Levels of topics that may be kept for each message that may be: the contract's longest topics have seven. A level costs far more memory than its bytes in a topic.
    /// </summary>
    private const int LevelsPerMessage = 8;

    /// <summary>Steps of a search without letting others in: some ten microseconds.</summary>
    private const int SliceSteps = 512;

    private readonly Lock _gate = new();
    private readonly RetainedNode _root = new();
    private readonly int _maxMessages;
    private readonly long _maxLevels;
    private readonly long _maxBytes;
    private int _count;
    private long _bytes;
    private long _changes;

    // What counts towards the limits: clients' messages. The service's own do not, so neither can crowd out the other.
    private int _limitedCount;
    private long _limitedBytes;
    private int _levels;

    public RetainedStore(int maxMessages, long maxBytes)
    {
        _maxMessages = maxMessages;
        _maxLevels = (long)maxMessages * LevelsPerMessage;
        _maxBytes = maxBytes;
    }

    public int Count => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>
    /// Number of the last change. Who reads it behind a new subscription knows that what is stored later reaches it as any message does, since a message is stored before its subscribers are
    /// looked for; a search up to that number does not bring it once more.
    /// </summary>
    public long Changes => Volatile.Read(ref _changes);

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

    /// <param name="topic">A name.</param>
    /// <param name="nowMs">Elapsed time.</param>
    /// <param name="upTo">Of <see cref="Changes"/>: what was stored later is not found.</param>
    public ApplicationMessage? Find(ReadOnlySpan<byte> topic, long nowMs, long upTo = long.MaxValue)
    {
        lock (_gate)
        {
            return NodeUnderLock(topic) is { Message: { } message } node && node.Change <= upTo && !message.IsExpired(nowMs) ? message : null;
        }
    }

    /// <summary>
    /// Adds every retained message that the filter matches. It takes the lock for a slice at a time, so that a filter that matches little among much holds nobody up; what
    /// changes meanwhile is seen or not.
    /// </summary>
    /// <param name="filter">A filter.</param>
    /// <param name="nowMs">Elapsed time.</param>
    /// <param name="matches">Where they are added.</param>
    /// <param name="upTo">Of <see cref="Changes"/>: what was stored later is not added.</param>
    public void Match(ReadOnlySpan<byte> filter, long nowMs, List<ApplicationMessage> matches, long upTo = long.MaxValue)
    {
        var steps = new Queue<RetainedStep>();
        steps.Enqueue(new RetainedStep(_root, 0));
        while (steps.Count > 0)
        {
            lock (_gate)
            {
                for (var i = 0; i < SliceSteps && steps.TryDequeue(out var step); i++)
                {
                    StepUnderLock(step, filter, new RetainedBounds(nowMs, upTo), steps, matches);
                }
            }
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

    private static void StepUnderLock(
        in RetainedStep step, ReadOnlySpan<byte> filter, RetainedBounds bounds, Queue<RetainedStep> steps, List<ApplicationMessage> matches)
    {
        var node = step.Node;
        if (step.Rest > filter.Length)
        {
            AddUnderLock(node, bounds, matches);
            if (step.Rest == RetainedStep.Everything)
            {
                AddChildrenUnderLock(node, RetainedStep.Everything, isFirst: false, steps);
            }

            return;
        }

        var level = filter[step.Rest..];
        level = level.IndexOf((byte)'/') is >= 0 and var end ? level[..end] : level;
        var next = step.Rest + level.Length + 1;
        if (level.SequenceEqual("#"u8))
        {
            AddUnderLock(node, bounds, matches);
            AddChildrenUnderLock(node, RetainedStep.Everything, step.Rest == 0, steps);
        }
        else if (level.SequenceEqual("+"u8))
        {
            AddChildrenUnderLock(node, next, step.Rest == 0, steps);
        }
        else if (node.Find(level) is { } child)
        {
            steps.Enqueue(new RetainedStep(child, next));
        }
    }

    // [MQTT-4.7.2-1]: wildcards at the first level do not match names that begin with `$`.
    private static void AddChildrenUnderLock(RetainedNode node, int rest, bool isFirst, Queue<RetainedStep> steps)
    {
        foreach (var (name, child) in node.ChildrenOrNone)
        {
            if (!isFirst || !TopicName.IsReserved(name))
            {
                steps.Enqueue(new RetainedStep(child, rest));
            }
        }
    }

    private static void AddUnderLock(RetainedNode node, RetainedBounds bounds, List<ApplicationMessage> matches)
    {
        if (node.Message is { } message && node.Change <= bounds.UpTo && !message.IsExpired(bounds.NowMs))
        {
            matches.Add(message);
        }
    }

    private static void CollectUnderLock(RetainedNode node, List<ApplicationMessage> found, Predicate<ApplicationMessage> wanted)
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

    private RetainedNode? NodeUnderLock(ReadOnlySpan<byte> topic)
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
        var (found, missing) = PathUnderLock(message.TopicUtf8);
        var counted = missing == 0 && found.IsLimited ? found.Message : null;
        if (isLimited
            && ((counted is null && _limitedCount >= _maxMessages) || _limitedBytes - (counted?.Size ?? 0) + message.Size > _maxBytes
                || _levels + missing > _maxLevels))
        {
            return false;
        }

        var rest = message.TopicUtf8;
        var node = _root;
        var ended = false;
        while (!ended)
        {
            node = node.FindOrAdd(TopicFilter.NextLevel(ref rest, out ended), isLimited, ref _levels);
        }

        ReplaceUnderLock(node, message, isLimited);
        return true;
    }

    /// <summary>The deepest level of the topic that is there, and how many below it are not.</summary>
    private (RetainedNode Found, int Missing) PathUnderLock(ReadOnlySpan<byte> topic)
    {
        var missing = TopicFilter.Levels(topic);
        var node = _root;
        var ended = false;
        while (!ended && node.Find(TopicFilter.NextLevel(ref topic, out ended)) is { } child)
        {
            (node, missing) = (child, missing - 1);
        }

        return (node, missing);
    }

    private void ReplaceUnderLock(RetainedNode node, ApplicationMessage? message, bool isLimited)
    {
        CountUnderLock(node, -1);
        node.Message = message;
        node.Change = ++_changes;
        node.IsLimited = isLimited && message is not null;
        CountUnderLock(node, 1);
    }

    private void CountUnderLock(RetainedNode node, int sign)
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

    private bool RemoveUnderLock(RetainedNode node, ReadOnlySpan<byte> rest)
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
            _levels -= child.IsCounted ? 1 : 0;
        }

        return true;
    }
}

/// <summary>What a search leaves out.</summary>
/// <param name="NowMs">Elapsed time; what has expired by then.</param>
/// <param name="UpTo">Of <see cref="RetainedStore.Changes"/>; what was stored later.</param>
internal readonly record struct RetainedBounds(long NowMs, long UpTo);
