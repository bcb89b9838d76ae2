using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Mqtt.Broker;

/// <summary>One level of the topics that are retained.</summary>
/// <remarks>Ownership: the store, under its lock.</remarks>
internal sealed class RetainedNode
{
    private static readonly Dictionary<byte[], RetainedNode> None = [];

    private Dictionary<byte[], RetainedNode>? _children;

    public ApplicationMessage? Message { get; set; }

    /// <summary>The store's number of the change that put it there.</summary>
    public long Change { get; set; }

    /// <summary>The message counts towards the limits.</summary>
    public bool IsLimited { get; set; }

    /// <summary>It was made for a message that counts, and counts itself.</summary>
    public bool IsCounted { get; private init; }

    public bool IsEmpty => Message is null && _children is null;

    public Dictionary<byte[], RetainedNode> ChildrenOrNone => _children ?? None;

    public RetainedNode? Find(ReadOnlySpan<byte> level) =>
        _children is not null && _children.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(level, out var node) ? node : null;

    public RetainedNode FindOrAdd(ReadOnlySpan<byte> level, bool isCounted, ref int count)
    {
        if (Find(level) is { } existing)
        {
            return existing;
        }

        _children ??= new Dictionary<byte[], RetainedNode>(1, Utf8KeyComparer.Instance);
        count += isCounted ? 1 : 0;
        return _children[level.ToArray()] = new RetainedNode { IsCounted = isCounted };
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
