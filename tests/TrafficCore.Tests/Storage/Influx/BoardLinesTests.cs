using System.Text;
using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Influx;

namespace TrafficCore.Tests.Storage.Influx;

public sealed class BoardLinesTests
{
    private static readonly BoardDecisionRecord Decision = new(
        "int-1", "b-1", 1_700_000_040_000, "congestion-1", "[jp3]\"SLOW\"\\", 8, "congestion", "commanded", null, null, "{}");

    [Fact]
    public void Write_Decision_MatchesTheContract()
    {
        LineBuffer line = new();
        BoardLines.Write(line, Decision);
        BoardLines.Write(line, Decision with { Message = "", Priority = null, State = "blanked", Time = -1 });
        Assert.Equal(
            "board_message,board=b-1,intersection=int-1 message=\"[jp3]\\\"SLOW\\\"\\\\\",priority=8i,rule=\"congestion\",state=\"commanded\",id=\"congestion-1\" 1700000040000\n"
            + "board_message,board=b-1,intersection=int-1 message=\"\",rule=\"congestion\",state=\"blanked\",id=\"congestion-1\" -1\n",
            Encoding.UTF8.GetString(line.Written.Span));
    }

    [Fact]
    public void Write_Status_IsAMeasurementOfItsOwn()
    {
        LineBuffer line = new();
        BoardLines.Write(line, new BoardStatusRecord("int-1", "b-1", 5, "m", "failed", null, "lamp 7"));
        BoardLines.Write(line, new BoardStatusRecord("int-1", "b-1", 6, null, "blank", null, null));
        Assert.Equal(
            "board_status,board=b-1,intersection=int-1 state=\"failed\",id=\"m\",error=\"lamp 7\" 5\nboard_status,board=b-1,intersection=int-1 state=\"blank\" 6\n",
            Encoding.UTF8.GetString(line.Written.Span));
    }

    [Fact]
    public void Encode_BatchWithBoards_CountsThemAsPoints()
    {
        PointBatch batch = new();
        batch.Add(new OutputEntry(0, 10, 0, [], BoardDecision: Decision));
        batch.Add(new OutputEntry(10, 20, 0, [], BoardStatus: new BoardStatusRecord("int-1", "b-1", 6, null, "blank", null, null)));
        batch.Encode([], 0);
        Assert.Equal((2, 2), (batch.Rows, batch.Points));
        Assert.StartsWith("board_status", Encoding.UTF8.GetString(batch.All.Halves().Right.Bytes.Span), StringComparison.Ordinal);
        batch.Clear();
        Assert.Equal((0, 0), (batch.Rows, batch.Points));
    }
}
