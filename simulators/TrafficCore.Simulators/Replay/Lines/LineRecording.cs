using TrafficCore.Mqtt.Client;

namespace TrafficCore.Simulators.Replay;

/// <summary>Messages that were recorded as they were sent, one in a line.</summary>
internal sealed class LineRecording : IRecording
{
    private readonly IReadOnlyList<RecordedLine> _lines;

    /// <param name="intersections">Intersections, as the lines number them.</param>
    /// <param name="lines">All lines; at least one. Those of one instant keep their order.</param>
    public LineRecording(IReadOnlyList<string> intersections, IReadOnlyList<RecordedLine> lines)
    {
        (Intersections, _lines) = (intersections, lines);
        Messages = [.. lines.Select(static (line, i) => new RecordedMessage(line.Intersection, line.DueMs, i, 1, 0)).OrderBy(static m => m.DueMs)];
    }

    public IReadOnlyList<string> Intersections { get; }

    public long Readings => _lines.Sum(static l => (long)l.Readings);

    public long Events => _lines.Sum(static l => (long)l.Events);

    public long FromMs => Messages[0].DueMs;

    public long ToMs => Messages[^1].DueMs;

    public IReadOnlyList<RecordedMessage> Messages { get; }

    public MqttPublication Encode(in RecordedMessage message) => new(_lines[message.First].Topic, _lines[message.First].Payload);
}

/// <summary>One recorded message.</summary>
/// <param name="DueMs">When it was sent, Unix milliseconds.</param>
/// <param name="Intersection">Index of its intersection.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Payload">Its payload.</param>
/// <param name="Readings">Readings in it.</param>
/// <param name="Events">Controller events in it.</param>
internal readonly record struct RecordedLine(long DueMs, int Intersection, string Topic, ReadOnlyMemory<byte> Payload, int Readings, int Events);
