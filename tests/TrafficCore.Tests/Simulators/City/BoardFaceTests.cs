using System.Text;
using System.Text.Json;
using TrafficCore.Simulators.City.Boards;
using TrafficCore.Simulators.City.Faults;

namespace TrafficCore.Tests.Simulators;

public sealed class BoardFaceTests
{
    private static readonly byte[] Slow = Encoding.UTF8.GetBytes("""{"id":"m-1","multi":"SLOW","priority":9,"expires":5000,"reason":{"rule":"slow-traffic","because":{}}}""");

    [Fact]
    public void Face_NothingTold_IsBlank()
    {
        var face = new BoardFace([]);

        Assert.Equal(("blank", "", long.MaxValue), (Status(face, 0).GetProperty("state").GetString(), face.Multi, face.NextChange(0)));
    }

    [Fact]
    public void Face_Message_IsShownUntilItExpires()
    {
        var face = new BoardFace([]);
        face.Obey(Slow, 1000);

        Assert.Equal(("SLOW", "m-1", "slow-traffic", 5000), (face.Multi, face.Id, face.Rule, face.NextChange(1000)));
        Assert.Equal("shown", Status(face, 1000).GetProperty("state").GetString());
        Assert.False(face.Refresh(4999));
        Assert.True(face.Refresh(5000));
        Assert.Equal(("", 1, 1), (face.Multi, face.Shown, face.Cleared));
    }

    [Fact]
    public void Face_MessageThatDoesNotFit_IsRejectedAndTheOldOneStays()
    {
        var face = new BoardFace([], static multi => multi.Length > 8 ? "too long" : null);
        face.Obey(Slow, 1000);
        face.Obey(Encoding.UTF8.GetBytes("""{"id":"m-2","multi":"MUCH TOO LONG"}"""), 2000);

        var status = Status(face, 2000);
        Assert.Equal(("rejected", "m-2", "SLOW"), (status.GetProperty("state").GetString(), status.GetProperty("id").GetString(), status.GetProperty("multi").GetString()));
        Assert.Equal("too long", status.GetProperty("error").GetString());
        face.Obey(Slow, 3000);
        Assert.Equal("shown", face.State);
    }

    [Fact]
    public void Face_Renewal_IsNoNewWarning()
    {
        var face = new BoardFace([]);
        face.Obey(Slow, 1000);
        face.Obey(Encoding.UTF8.GetBytes("""{"id":"m-1","multi":"SLOW","expires":9000}"""), 4000);

        Assert.False(face.Refresh(5000));
        Assert.Equal((1, 0, 9000), (face.Shown, face.Cleared, face.NextChange(5000)));
    }

    [Theory]
    [InlineData("""{"id":"m-2","multi":""}""")]
    [InlineData("")]
    public void Face_EmptyMessage_BlanksIt(string message)
    {
        var face = new BoardFace([]);
        face.Obey(Slow, 1000);
        face.Obey(Encoding.UTF8.GetBytes(message), 2000);

        Assert.Equal(("", "blank", 1), (face.Multi, face.State, face.Cleared));
    }

    [Theory]
    [InlineData("SLOW")]
    [InlineData("{}")]
    [InlineData("""{"id":7,"multi":"X"}""")]
    [InlineData("""{"id":"m-2","multi":"X","expires":"soon"}""")]
    public void Face_Nonsense_IsRejectedAndChangesNothing(string message)
    {
        var face = new BoardFace([]);
        face.Obey(Slow, 1000);
        face.Obey(Encoding.UTF8.GetBytes(message), 2000);

        var status = Status(face, 2000);
        Assert.Equal(("SLOW", "rejected", "m-1"), (face.Multi, status.GetProperty("state").GetString(), status.GetProperty("id").GetString()));
        Assert.NotEmpty(status.GetProperty("error").GetString()!);
    }

    [Fact]
    public void Wrong_Fault_ShowsSomethingElseAndSaysSo()
    {
        var face = new BoardFace([new BoardFault(FaultKind.Wrong, 2000, 3000, "TEST")]);
        face.Obey(Slow, 1000);

        Assert.Equal(2000, face.NextChange(1000));
        Assert.True(face.Refresh(2000));
        Assert.Equal(("TEST", "shown", "m-1"), (Status(face, 2000).GetProperty("multi").GetString(), face.State, face.Id));
        Assert.True(face.Refresh(3000));
        Assert.Equal("SLOW", face.Multi);
    }

    [Fact]
    public void Reject_Fault_KeepsWhatItShowed()
    {
        var face = new BoardFace([new BoardFault(FaultKind.Reject, 500, 2000, "")]);
        face.Obey(Slow, 1000);
        Assert.Equal(("", "rejected"), (face.Multi, face.State));

        face.Obey(Slow, 2500);
        Assert.Equal(("SLOW", "shown"), (face.Multi, face.State));
    }

    private static JsonElement Status(BoardFace face, long now)
    {
        Assert.Equal(now, JsonDocument.Parse(face.Status(now)).RootElement.GetProperty("ts").GetInt64());
        return JsonDocument.Parse(face.Status(now)).RootElement;
    }
}
