using TrafficCore.Host.Api;

namespace TrafficCore.Host.Live;

/// <summary>A window of an intersection, as an event of the live feed. Rows are as the flow of the API has them; what is not known is absent.</summary>
public sealed record LiveWindowAnswer
{
    /// <summary>Intersection id.</summary>
    public required string Intersection { get; init; }

    /// <summary>Length of the window, e.g. <c>60s</c>.</summary>
    public required string Window { get; init; }

    /// <summary>Window start, UTC.</summary>
    public required DateTimeOffset Start { get; init; }

    /// <summary>True while it is not published: its rows have revision 0 and will change; absent afterwards.</summary>
    public bool? Open { get; init; }

    /// <summary>Row of the intersection; absent when a correction does not change it.</summary>
    public FlowRowAnswer? Row { get; init; }

    /// <summary>Rows of its approaches by id; of a correction those that changed.</summary>
    public required IReadOnlyDictionary<string, FlowRowAnswer> Approaches { get; init; }

    /// <summary>Rows of detectors by id: of a whole window those whose health is not <c>ok</c>, of a correction those that changed; absent while open.</summary>
    public IReadOnlyDictionary<string, FlowRowAnswer>? Detectors { get; init; }
}
