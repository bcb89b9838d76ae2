namespace TrafficCore.Mqtt.Topics;

/// <summary>Numbers that one side of a connection has given to its own topic names (5.0 section 3.3.2.3.4): first come, first named.</summary>
/// <remarks>Ownership: whoever encodes for the connection, one at a time. Owns no memory before the first alias.</remarks>
public sealed class OutgoingTopicAliases(int maximum)
{
    /// <summary>A shorter name costs less than the alias, which takes three bytes.</summary>
    private const int MinTopicLength = 4;

    private Dictionary<byte[], ushort>? _numbers;

    /// <summary>The number that a topic has; 0 when it has none.</summary>
    public ushort Find(ReadOnlySpan<byte> topic) =>
        _numbers is not null && _numbers.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topic, out var number) ? number : (ushort)0;

    /// <summary>The number that a topic without one would get; 0 when all are taken.</summary>
    public ushort Next(ReadOnlySpan<byte> topic) =>
        topic.Length >= MinTopicLength && (_numbers?.Count ?? 0) < maximum ? (ushort)((_numbers?.Count ?? 0) + 1) : (ushort)0;

    /// <summary>The packet that names <see cref="Next"/> is on its way.</summary>
    public void Add(byte[] topic, ushort number) => (_numbers ??= new(Utf8KeyComparer.Instance))[topic] = number;
}
