using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Tests.Boards;

public sealed class DeliveryStateTests
{
    private const long Wait = 30_000;

    [Fact]
    public void Judge_DeviceNeverHeard_IsPendingAndNotRepeated()
    {
        var delivery = Sent("[jp3]SLOW");
        Assert.Equal(BoardDelivery.Pending, delivery.Judge(10 * Wait));
        Assert.False(delivery.IsDue(10 * Wait));
    }

    [Theory]
    [InlineData("shown", "[jp3]SLOW", BoardDelivery.Confirmed)]
    [InlineData("shown", null, BoardDelivery.Confirmed)]
    [InlineData("shown", "[jp3]OTHER", BoardDelivery.Mismatch)]
    [InlineData("blank", null, BoardDelivery.Mismatch)]
    [InlineData("rejected", null, BoardDelivery.Rejected)]
    [InlineData("failed", null, BoardDelivery.Failed)]
    public void Judge_StatusOfTheMessage_DecidesTheDelivery(string state, string? multi, BoardDelivery expected)
    {
        var delivery = Sent("[jp3]SLOW");
        delivery.Received(new BoardStatus("m-1", state, multi, null, null), 100);
        Assert.Equal(expected, delivery.Judge(200));
        Assert.Equal(expected is BoardDelivery.Mismatch or BoardDelivery.Failed, delivery.IsDue(Wait));
    }

    [Fact]
    public void Judge_BlankConfirmedUnderAnotherId_Counts()
    {
        var delivery = Sent("");
        delivery.Received(new BoardStatus("something", "blank", null, null, null), 100);
        Assert.Equal(BoardDelivery.Confirmed, delivery.Judge(200));
    }

    [Fact]
    public void IsDue_StatusStaysOnTheOldMessage_RepeatsWithDoublingWaits()
    {
        var delivery = Sent("[jp3]SLOW");
        delivery.Received(new BoardStatus("old", "shown", "[jp3]OLD", null, null), 1);
        Assert.Equal(BoardDelivery.Pending, delivery.Judge(Wait - 1));
        List<long> repeats = [];
        for (var now = 0L; now < 16 * Wait; now += 1000)
        {
            if (delivery.IsDue(now))
            {
                repeats.Add(now / Wait);
            }
        }

        Assert.Equal([1, 3, 7, 15], repeats);
        Assert.Equal(4, delivery.Resends);
        Assert.Equal(BoardDelivery.Mismatch, delivery.Judge(16 * Wait));
    }

    [Fact]
    public void Write_Message_FollowsTheContract()
    {
        var message = Message("m-1", "[jp3]SLOW") with
        {
            Priority = 9,
            Expires = 1_700_000_300_000,
            Reason = new BoardReason
            {
                Rule = "slow",
                Because = "entered",
                Evidence = new BoardEvidence
                {
                    Approach = new ApproachKey("int-1", "n"), Metric = BoardMetric.SpeedRatio, Value = 0.42, Enter = 0.5, Exit = 0.67,
                    Start = 1_699_999_980_000, Length = 60_000, Coverage = 1, Revision = 2,
                },
            },
        };
        Assert.Equal(
            """{"id":"m-1","multi":"[jp3]SLOW","priority":9,"expires":1700000300000,"reason":{"rule":"slow","because":{"event":"entered","approach":"int-1/n","metric":"speedRatio","value":0.42,"enter":0.5,"exit":0.67,"window":"60s","start":"2023-11-14T22:13:00Z","coverage":1,"revision":2}}}""",
            System.Text.Encoding.UTF8.GetString(BoardMessageJson.Write(message)));
    }

    [Theory]
    [InlineData("""{"id":"m","state":"shown","multi":"[jp3]X","ts":5,"error":"e"}""", "m", "shown")]
    [InlineData("""{"state":"blank"}""", null, "blank")]
    public void ReadStatus_Status_IsRead(string json, string? id, string state)
    {
        var status = BoardMessageJson.ReadStatus(System.Text.Encoding.UTF8.GetBytes(json));
        Assert.Equal((id, state), (status!.Id, status.State));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"state":"dancing"}""")]
    [InlineData("""{"state":5}""")]
    public void ReadStatus_AnythingElse_IsNull(string json) =>
        Assert.Null(BoardMessageJson.ReadStatus(System.Text.Encoding.UTF8.GetBytes(json)));

    private static DeliveryState Sent(string multi)
    {
        var delivery = new DeliveryState(Wait);
        delivery.Sent(Message("m-1", multi), 0);
        return delivery;
    }

    private static BoardMessage Message(string id, string multi) => new()
    {
        Board = new BoardKey("int-1", "b-1"), Id = id, Multi = multi, Reason = new BoardReason { Rule = "none", Because = "idle" },
    };
}
