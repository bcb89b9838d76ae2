using System.Text;
using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Tests.Boards;

public sealed class DeliveryStateTests
{
    private const long Wait = 30_000;

    [Fact]
    public void Judge_DeviceNeverHeard_IsUnconfirmedInTimeAndRepeated()
    {
        var delivery = Sent("[jp3]SLOW");
        Assert.Equal(BoardDelivery.Pending, delivery.Judge(Wait - 1));
        Assert.Equal(BoardDelivery.Unconfirmed, delivery.Judge(Wait));
        Assert.True(delivery.IsDue(Wait));
        Assert.False(delivery.IsDue(Wait + 1));
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
    public void Judge_StatusOfAnotherIdAfterTheMessage_IsAMismatchOnceItHadTime()
    {
        var delivery = Sent("[jp3]SLOW");
        delivery.Received(new BoardStatus("old", "shown", "[jp3]OLD", null, null), 1);
        Assert.Equal(BoardDelivery.Pending, delivery.Judge(Wait - 1));
        Assert.Equal(BoardDelivery.Mismatch, delivery.Judge(Wait));
    }

    [Fact]
    public void IsDue_StatusStaysWrong_RepeatsWithDoublingWaitsUpToABound()
    {
        var delivery = Sent("[jp3]SLOW");
        delivery.Received(new BoardStatus("old", "shown", "[jp3]OLD", null, null), 1);
        List<long> repeats = [];
        for (var now = 0L; now < 130 * Wait; now += 1000)
        {
            if (delivery.IsDue(now))
            {
                repeats.Add(now / Wait);
            }
        }

        Assert.Equal([1, 3, 7, 15, 31, 63, 95, 127], repeats);
        Assert.Equal(8, delivery.Resends);
    }

    [Fact]
    public void Connected_OfflineBoard_IsNotRepeatedAndComesBackAtOnce()
    {
        var delivery = Sent("[jp3]SLOW");
        Assert.False(delivery.Connected(false, 10));
        Assert.Equal(BoardDelivery.Offline, delivery.Judge(20));
        for (var now = 0L; now < 20 * Wait; now += Wait)
        {
            Assert.False(delivery.IsDue(now));
        }

        Assert.True(delivery.Connected(true, 20 * Wait));
        Assert.Equal(BoardDelivery.Pending, delivery.Judge((20 * Wait) + 1));
        Assert.False(delivery.Connected(true, 21 * Wait));
    }

    [Fact]
    public void TakeNews_Statuses_AreNewsOnceAndAtMostOneASecond()
    {
        var delivery = Sent("[jp3]SLOW");
        Assert.Null(delivery.TakeNews(0));
        delivery.Received(new BoardStatus("m-1", "blank", null, 1, null), 10);
        Assert.Equal("blank", delivery.TakeNews(10)!.State);
        delivery.Received(new BoardStatus("m-1", "shown", null, 2, null), 20);
        Assert.Null(delivery.TakeNews(20));
        Assert.Equal("shown", delivery.TakeNews(1010)!.State);
        delivery.Received(new BoardStatus("m-1", "shown", null, 3, null), 5000);
        Assert.Null(delivery.TakeNews(5000));
    }

    [Fact]
    public void Write_Message_FollowsTheContract()
    {
        var window = new WindowEvidence(1_699_999_980_000, BoardMetric.SpeedRatio, 0.42, 0.5, 0.67, 1, 2);
        var message = Message("m-1", "[jp3]SLOW") with
        {
            Priority = 9,
            Expires = 1_700_000_300_000,
            Reason = new BoardReason
            {
                Rule = "slow",
                Because = "upheld",
                Evidence = new BoardEvidence { Approach = new ApproachKey("int-1", "n"), Length = 60_000, Latest = window, Windows = [] },
                Lost = [new BoardLoser("dense", "x", 8, "lower-priority")],
            },
        };
        Assert.Equal(
            """{"id":"m-1","multi":"[jp3]SLOW","priority":9,"expires":1700000300000,"reason":{"rule":"slow","because":{"event":"upheld","approach":"int-1/n","window":"60s","start":"2023-11-14T22:13:00Z","metric":"speedRatio","value":0.42,"enter":0.5,"exit":0.67,"coverage":1,"revision":2,"windows":[]},"lost":[{"rule":"dense","step":"x","priority":8,"why":"lower-priority"}]}}""",
            Encoding.UTF8.GetString(BoardMessageJson.Write(message)));
    }

    [Theory]
    [InlineData("""{"id":"m","state":"shown","multi":"[jp3]X","ts":5,"error":"e"}""", "m", "shown")]
    [InlineData("""{"state":"blank"}""", null, "blank")]
    public void ReadStatus_Status_IsRead(string json, string? id, string state)
    {
        var status = BoardMessageJson.ReadStatus(Encoding.UTF8.GetBytes(json));
        Assert.Equal((id, state), (status!.Id, status.State));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"state":"dancing"}""")]
    [InlineData("""{"state":5}""")]
    [InlineData("""{"state":"shown","error":"\ud800"}""")]
    public void ReadStatus_AnythingElse_IsNull(string json) => Assert.Null(BoardMessageJson.ReadStatus(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("online", true)]
    [InlineData("offline", false)]
    [InlineData("""{"state":"online","model":"x"}""", true)]
    [InlineData("""{"state":"sleeping"}""", null)]
    [InlineData("""{"state":"\ud800"}""", null)]
    [InlineData("\"online\"", null)]
    [InlineData("", null)]
    public void ReadOnline_State_IsRead(string payload, bool? online) => Assert.Equal(online, BoardMessageJson.ReadOnline(Encoding.UTF8.GetBytes(payload)));

    private static DeliveryState Sent(string multi)
    {
        var delivery = new DeliveryState(Wait, Wait);
        delivery.Sent(Message("m-1", multi), 0);
        return delivery;
    }

    private static BoardMessage Message(string id, string multi) => new()
    {
        Board = new BoardKey("int-1", "b-1"), Id = id, Multi = multi, Reason = new BoardReason { Rule = "none", Because = "idle" },
    };
}
