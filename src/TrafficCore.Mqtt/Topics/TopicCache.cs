namespace TrafficCore.Mqtt.Topics;

/// <summary>
/// Remembers what was found out about the topics of one connection, keyed by their bytes. A device publishes to few topics, mostly to one.
/// </summary>
/// <remarks>
/// Ownership: one thread at a time. When it is full it forgets everything: a client with more topics than that pays for the lookup that
/// the cache saves, and no more.
/// </remarks>
public sealed class TopicCache<T>
{
    /// <summary>Longer topics are not remembered. The longest of the contract (root, three ids of 64, words) are about 230 bytes.</summary>
    public const int MaxTopicLength = 256;

    private readonly int _capacity;
    private byte[]? _lastTopic;
    private T? _lastValue;
    private Dictionary<byte[], T>? _values;

    /// <summary>Creates an empty cache; it owns no memory before its first topic.</summary>
    public TopicCache(int capacity) => _capacity = capacity;

    /// <summary>Finds what was stored for the topic; allocates nothing.</summary>
    public bool TryGet(ReadOnlySpan<byte> topic, out T value)
    {
        if (_lastTopic is not null && topic.SequenceEqual(_lastTopic))
        {
            value = _lastValue!;
            return true;
        }

        if (_values is null || !_values.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var key, out value!))
        {
            value = default!;
            return false;
        }

        _lastTopic = key;
        _lastValue = value;
        return true;
    }

    /// <summary>Stores or replaces the value of a topic, whose bytes are copied.</summary>
    public void Set(ReadOnlySpan<byte> topic, T value)
    {
        if (topic.Length > MaxTopicLength)
        {
            return;
        }

        if (_lastTopic is null && _values is null)
        {
            // The first topic needs no dictionary.
            _lastTopic = topic.ToArray();
            _lastValue = value;
            return;
        }

        if (_values is null)
        {
            _values = new Dictionary<byte[], T>(Utf8KeyComparer.Instance) { [_lastTopic!] = _lastValue! };
        }

        var lookup = _values.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!lookup.TryGetValue(topic, out var key, out _))
        {
            if (_values.Count >= _capacity)
            {
                _values.Clear();
            }

            key = topic.ToArray();
        }

        _values[key] = value;
        _lastTopic = key;
        _lastValue = value;
    }
}
