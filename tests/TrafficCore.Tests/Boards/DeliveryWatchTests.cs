using System.Globalization;
using TrafficCore.Boards;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Multi;
using TrafficCore.Boards.Rules;
using TrafficCore.Tests.Mqtt.Broker;

namespace TrafficCore.Tests.Boards;

/// <summary>What is logged when boards begin and cease to be in trouble.</summary>
public sealed class DeliveryWatchTests
{
    private static readonly BoardFace Face = new(2, 8, 2, ["amber"]);

    [Fact]
    public void Look_ManyBoardsAtOnce_NamesTwentyAndCountsTheOthers()
    {
        using var log = new CollectedLog();
        var watch = new DeliveryWatch(log);
        watch.Look(Boards(25, BoardDelivery.Unconfirmed));
        Assert.Equal(21, log.Lines.Count);
        Assert.Equal("4003 Board i/b-0 is unconfirmed: it should show nothing, it says nothing yet", log.Lines[0]);
        Assert.Equal("4012 5 other boards are in trouble too: /api/v1/boards names them", log.Lines[20]);

        watch.Look(Boards(25, BoardDelivery.Unconfirmed));
        Assert.Equal(21, log.Lines.Count);
        watch.Look(Boards(25, BoardDelivery.Confirmed));
        Assert.Equal("4013 5 other boards are well again too", log.Lines[^1]);
        watch.Look(Boards(25, BoardDelivery.Confirmed));
        Assert.Equal(42, log.Lines.Count);
    }

    private static BoardSnapshot[] Boards(int count, BoardDelivery delivery) =>
        [.. Enumerable.Range(0, count).Select(i =>
        {
            var key = new BoardKey("i", "b-" + i.ToString(CultureInfo.InvariantCulture));
            var reason = new BoardReason { Rule = "none", Because = "idle" };
            return new BoardSnapshot
            {
                Definition = new BoardDefinition(key, Face, []),
                Message = new BoardMessage { Board = key, Id = "blank", Multi = "", Reason = reason },
                Delivery = delivery,
            };
        })];
}
