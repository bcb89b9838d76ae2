using TrafficCore.Log;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>Where the fields of the input's commonest records lie, for packing; see <see cref="RecordLayout"/>.</summary>
internal static class RecordLayouts
{
    /// <summary>
    /// Readings (<see cref="ReadingEntry"/>), events (<see cref="EventsHeader"/>, <see cref="EventEntry"/>) and observations (<see cref="ObservationEntry"/>).
    /// </summary>
    public static IReadOnlyList<RecordLayout> Input { get; } =
    [
        new((byte)RecordType.Readings, version: 1, lead: [], entry: [8, 4, 4, 4, 4, 4, 2, 2]),
        new((byte)RecordType.Events, version: 1, lead: [4, 4, 4, 4], entry: [8, 4, 2, 2]),
        new((byte)RecordType.Observations, version: 1, lead: [], entry: [8, 4, 2, 4, 4, 4, 4, 2]),
    ];
}
