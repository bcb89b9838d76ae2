using TrafficCore.Pipeline.Output;

namespace TrafficCore.Storage.Influx;

/// <summary>
/// Writes what boards are to show as points of <c>board_message</c>, and what their devices say as points of <c>board_status</c>: two measurements, so that
/// neither can overwrite the other's <c>state</c>.
/// </summary>
internal static class BoardLines
{
    /// <summary>Writes one point and its line end. A dark board has a message too: the empty one.</summary>
    public static void Write(LineBuffer line, BoardDecisionRecord decision)
    {
        Begin(line, "board_message"u8, decision.Intersection, decision.Board);
        line.Raw(" message="u8);
        line.Text(decision.Message);
        if (decision.Priority is { } priority)
        {
            line.Raw(",priority="u8);
            line.Integer(priority);
            line.Raw((byte)'i');
        }

        line.Raw(",rule="u8);
        line.Text(decision.Rule);
        line.Raw(",state="u8);
        line.Text(decision.State);
        line.Raw(",id="u8);
        line.Text(decision.Id);
        End(line, decision.Time);
    }

    /// <summary>Writes one point and its line end.</summary>
    public static void Write(LineBuffer line, BoardStatusRecord status)
    {
        Begin(line, "board_status"u8, status.Intersection, status.Board);
        line.Raw(" state="u8);
        line.Text(status.State);
        Field(line, ",id="u8, status.Id);
        Field(line, ",message="u8, status.Message);
        Field(line, ",error="u8, status.Error);
        End(line, status.ReceivedMs);
    }

    private static void Begin(LineBuffer line, ReadOnlySpan<byte> measurement, string intersection, string board)
    {
        line.Raw(measurement);
        line.Raw(",board="u8);
        line.Name(board);
        line.Raw(",intersection="u8);
        line.Name(intersection);
    }

    private static void Field(LineBuffer line, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            line.Raw(name);
            line.Text(value);
        }
    }

    private static void End(LineBuffer line, long time)
    {
        line.Raw((byte)' ');
        line.Integer(time);
        line.Raw((byte)'\n');
    }
}
