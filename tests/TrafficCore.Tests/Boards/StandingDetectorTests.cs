using TrafficCore.Boards;
using TrafficCore.Boards.Rules;
using TrafficCore.Boards.Windows;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Boards;

/// <summary>What stands on a detector is a queue or a fault of the detector: golden tables over windows, as in <see cref="LevelOfServiceTests"/>.</summary>
public sealed class StandingDetectorTests
{
    private const string Network = """
        { "city": "test", "intersections": [
          { "id": "int-1", "approaches": [
              { "id": "n", "phase": 2, "detectors": [
                  { "id": "d-1", "lane": 1, "phase": 5, "functions": ["count"] },
                  { "id": "d-2", "lane": 2, "functions": ["count"] },
                  { "id": "d-3", "lane": 3, "functions": ["count", "FUNCTION"] } ] } ],
            "boards": [ { "id": "b-1", "lines": 3, "characters": 16, "pages": 2, "colors": ["amber"] } ] } ] }
        """;

    /// <summary>Windows of one detector; the rule asks for three bad and two good windows.</summary>
    [Theory]
    [InlineData("DDD", "__w")]
    [InlineData("DDq", "__w")]
    [InlineData("DqD", "__w")]
    [InlineData("qDD", "__w")]
    [InlineData("DqqD", "____")]
    [InlineData("fDqqqqqqqqqqqqqqqqqqqq", "______________________")]
    [InlineData("qqqqqqqqqqqqqqqqqqqqqqq", "_______________________")]
    [InlineData("DDDqqqqqff", "__wwwwwww_")]
    public void Step_Standing_KeepsAWarningAndDoesNotBeginOne(string windows, string expected) => Assert.Equal(expected, Run(windows, BoardRig.NetworkJson, "d-n"));

    /// <summary>12 min 45 s of standing are over with the thirteenth window; its message lives for five minutes more.</summary>
    [Fact]
    public void Step_StandsForLongerThanAQueueDoes_IsStuckAndTheWarningExpires()
    {
        Assert.Equal("__" + new string('w', 17) + "___", Run("DDD" + new string('q', 19), BoardRig.NetworkJson, "d-n"));

        // Somebody was counted, so that it is a queue.
        Assert.Equal("__" + new string('w', 22), Run("DDD" + new string('q', 12) + "D" + new string('q', 8), BoardRig.NetworkJson, "d-n"));
    }

    /// <summary>Windows in which nothing is known of the detector (-) neither end the time nor add to it.</summary>
    [Fact]
    public void Step_HolesWhileStanding_DoNotMakeAStuckDetectorWell() =>
        Assert.Equal("__" + new string('w', 19) + "__", Run("DDD" + "qqqqqq" + "??" + new string('q', 12), BoardRig.NetworkJson, "d-n"));

    [Fact]
    public void Step_CorrectionSaysThatSomebodyWasCounted_BeginsTheTimeAnew()
    {
        var rig = Rig(BoardRig.NetworkJson);
        for (var minute = 1; minute <= 20; minute++)
        {
            rig.Publish("int-1", minute, ("n", Minute.Of(minute <= 3 ? 'D' : 'q')));
            if (minute == 15)
            {
                // Window 14, judged as standing, was not.
                rig.Director.Observe(rig.Window("int-1", 14, ("n", Minute.Of('D') with { Revision = 2 })));
            }

            rig.Judge(minute);
        }

        Assert.Equal("upheld", rig.Snapshot(BoardRig.Board).Message.Reason.Because);
        Assert.Equal(BoardRig.At(20), rig.Snapshot(BoardRig.Board).Message.Reason.Evidence!.Latest.Start + BoardRig.Length);
    }

    [Theory]
    [InlineData("DDD", "fff", "fff", "__w")]
    [InlineData("fff", "DDD", "DDD", "__w")]
    [InlineData("fff", "DDD", "fff", "___")]
    [InlineData("fff", "fqqqqq", "ffffff", "______")]
    [InlineData("DDD", "qqq", "fff", "__w")]
    public void Step_LanesOfAnotherPhase_AreJudgedByThemselves(string left, string through, string right, string expected) =>
        Assert.Equal(expected, Run(left.PadRight(expected.Length, 'f'), through, right, Network.Replace("FUNCTION", "advance", StringComparison.Ordinal)));

    [Fact]
    public void Step_DetectorAtTheStopBar_HasNoPartInTheOccupancy() =>
        Assert.Equal("______", Run("ffffff", "ffffff", "DqDqDq", Network.Replace("FUNCTION", "stopbar-count", StringComparison.Ordinal)));

    [Fact]
    public void Reason_Standing_SaysSo()
    {
        var rig = Rig(BoardRig.NetworkJson);
        foreach (var (state, minute) in "DDq".Select((s, i) => (s, i + 1)))
        {
            rig.Publish("int-1", minute, ("n", Minute.Of(state)));
        }

        var reason = Assert.Single(rig.Judge(3), d => d.Message.Board == BoardRig.Board).Message.Reason;
        Assert.Contains("\"value\":100,\"enter\":50,\"exit\":35,\"coverage\":1,\"revision\":1,\"standing\":true}]", ReasonJson.Text(reason), StringComparison.Ordinal);
        Assert.EndsWith("revision 1, standing", ReasonText.Of(reason), StringComparison.Ordinal);
    }

    private static BoardRig Rig(string network)
    {
        var options = BoardRig.Options(BoardRig.Rule(r => (r.EnterWindows, r.ExitWindows) = (3, 2)));
        options.MaxChangesPerHour = 3600;
        var rig = new BoardRig(options, configure: false);
        rig.Director.Configure(BoardRig.Network(network), 0);
        return rig;
    }

    private static string Run(string windows, string network, string detector) => Run(network, windows.Length, i => [(detector, windows[i])]);

    private static string Run(string left, string through, string right, string network) =>
        Run(network, left.Length, i => [("d-1", left[i]), ("d-2", through[i]), ("d-3", right[i])]);

    private static string Run(string network, int count, Func<int, IReadOnlyList<(string Detector, char State)>> windows)
    {
        var rig = Rig(network);
        var shown = new char[count];
        for (var i = 0; i < count; i++)
        {
            var end = i + 1;
            rig.Director.Observe(rig.Window("int-1", end) with { Rows = [.. windows(i).SelectMany(w => Rows(end, w.Detector, Minute.Of(w.State)))] });
            rig.Judge(end);
            shown[i] = rig.Snapshot(BoardRig.Board).Message.Multi.Length > 0 ? 'w' : '_';
        }

        return new string(shown);
    }

    private static IEnumerable<FlowRow> Rows(long end, string detector, Minute state)
    {
        var rows = BoardRig.Rows("int-1", end, "n", state).ToList();
        return [rows[0] with { Id = detector }, rows[1] with { OccupancyMs = 0, OccupancyWeighted = 0 }];
    }
}
