namespace TrafficCore.Host.Live;

/// <summary>What a client has asked for. Immutable.</summary>
/// <param name="Intersections">Ids; null: all.</param>
/// <param name="LengthMs">Window length, ms; null: all lengths.</param>
/// <param name="Windows">Intersections and their windows.</param>
/// <param name="Boards">Boards.</param>
/// <param name="Health">Whether the service is ready.</param>
internal sealed record LiveFilter(IReadOnlySet<string>? Intersections, long? LengthMs, bool Windows, bool Boards, bool Health)
{
    public bool Wants(in LiveKey key) => key.Topic switch
    {
        LiveTopic.KeepAlive => true,
        LiveTopic.Health => Health,
        LiveTopic.Board => Boards && Covers(key.Intersection),
        LiveTopic.Intersection => Windows && Covers(key.Intersection),
        _ => Windows && Covers(key.Intersection) && (LengthMs is null || LengthMs == key.Length),
    };

    private bool Covers(string intersection) => Intersections?.Contains(intersection) ?? true;
}
