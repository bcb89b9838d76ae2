using TrafficCore.Boards;

namespace TrafficCore.Tests.Boards;

/// <summary>Rules by the mean of windows: what a signal whose cycle is no multiple of the window needs.</summary>
public sealed class AverageRuleTests
{
    // Occupancy in percent by letter; q stands there all the time, ? is unknown. The rule warns from 50 % until 35 %, over four windows.
    [Theory]
    [InlineData(true, "9393", "___w")]
    [InlineData(false, "93939393", "________")]
    [InlineData(true, "3939393", "___wwww")]
    [InlineData(true, "4545454", "_______")]
    [InlineData(true, "9993333", "___www_")]
    [InlineData(true, "99991111", "___www__")]
    [InlineData(true, "9999411", "___wwww")]
    [InlineData(true, "999?9999", "_______w")]
    [InlineData(true, "9999?????", "___wwwww_")]
    [InlineData(true, "1119qqqqqq", "__________")]
    [InlineData(true, "1189qqqqqq", "____wwwwww")]
    public void Step_MeanOfWindows_FollowsTheTable(bool average, string windows, string expected)
    {
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule(r => (r.EnterWindows, r.ExitWindows, r.Average, r.Steps) = (4, 4, average, [r.Steps[0]]))));
        var shown = new char[windows.Length];
        for (var i = 0; i < windows.Length; i++)
        {
            rig.Publish("int-1", i + 1, ("n", Of(windows[i])));
            rig.Judge(i + 1);
            shown[i] = rig.Snapshot(BoardRig.Board).Message.Multi.Length > 0 ? 'w' : '_';
        }

        Assert.Equal(expected, new string(shown));
    }

    [Fact]
    public void Step_MeanOfTwoMetrics_CountsEachWindowByItsWorst()
    {
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule(r => (r.EnterWindows, r.Average, r.Steps) = (2, true, [r.Steps[0]]))));

        // Half a gap too fast in one minute, half a gap too dense in the other: together at the threshold.
        rig.Publish("int-1", 1, ("n", new Minute(Ratio: 0.585, Occupancy: 10, Volume: 5)));
        rig.Publish("int-1", 2, ("n", new Minute(Ratio: 0.9, Occupancy: 57.6, Volume: 5)));
        rig.Publish("int-1", 3, ("n", new Minute(Ratio: 0.9, Occupancy: 57.6, Volume: 5)));

        Assert.Contains(rig.Judge(3), d => d.Message.Board == BoardRig.Board && d.Time == BoardRig.At(3));
    }

    /// <summary>Windows that a 120 s cycle with a long green leaves behind: 38 % and 94 % by turns is a queue that never ends.</summary>
    [Theory]
    [InlineData(38, 94, 15)]
    [InlineData(38, 88, null)]
    [InlineData(42, 94, 6)]
    public void DefaultRules_QueueThatRollsOverTheDetector_IsWarnedOfAfterAQuarterOfAnHour(double green, double red, int? expected)
    {
        var rig = new BoardRig(BoardRig.Options([.. BoardsOptions.DefaultRules]));
        for (var minute = 1; minute <= 30; minute++)
        {
            rig.Publish("int-1", minute, ("n", new Minute(Occupancy: minute % 2 == 0 ? green : red, Volume: 12)));
            rig.Judge(minute);
        }

        var shown = rig.Decisions.Where(static d => d.Message.Board == BoardRig.Board && d.Message.Multi.Length > 0).Select(static d => d.Time).ToList();
        Assert.Equal(expected is { } after ? [BoardRig.At(after)] : [], shown);
    }

    [Fact]
    public void DefaultRule_IsWithinItsOwnChecks() => Assert.Empty(new BoardsOptions { Rules = BoardsOptions.DefaultRules }.Validate(new(new object())));

    private static Minute Of(char letter) => letter switch
    {
        '?' => new Minute(),
        'q' => new Minute(Occupancy: 100, Volume: 0),
        _ => new Minute(Occupancy: (letter - '0') * 10, Volume: 5),
    };
}
