using TrafficCore.Boards.Rules;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Boards;

/// <summary>Golden tables: one letter for each window, one for what the board is to show after it (_ dark, w slow, S severe).</summary>
public sealed class LevelOfServiceTests
{
    [Theory]
    [InlineData("BGBGBG", "______")]
    [InlineData("BB", "_w")]
    [InlineData("B-B-BB", "_____w")]
    [InlineData("BBGG", "_www")]
    [InlineData("BBGGG", "_www_")]
    [InlineData("BBGBGBG", "_wwwwww")]
    [InlineData("BB--------", "_wwwwwwwww")]
    [InlineData("BB-------GG", "_wwwwwwwww_")]
    [InlineData("BBGGGBB", "_www__w")]
    [InlineData("SS", "_S")]
    [InlineData("BBSS", "_wwS")]
    [InlineData("SSBBB", "_SSSw")]
    [InlineData("SSGGG", "_SSS_")]
    [InlineData("SS-----", "_SSSwww")]
    public void Step_WindowsInARow_FollowsTheTable(string windows, string expected) => Assert.Equal(expected, Run(windows));

    [Theory]
    [InlineData("????", "____")]
    [InlineData("xxxx", "____")]
    [InlineData("cccc", "____")]
    [InlineData("B?B", "___")]
    [InlineData("BxB", "___")]
    [InlineData("??BB", "___w")]
    [InlineData("BB?????", "_wwwww_")]
    [InlineData("BBxxxxx", "_wwwww_")]
    [InlineData("BBccccc", "_wwwww_")]
    [InlineData("BBG?G?GG", "_wwwwww_")]
    [InlineData("BB???-??", "_wwwwwww")]
    public void Step_UnknownOrBroken_NeitherStartsNorKeepsNorEnds(string windows, string expected) => Assert.Equal(expected, Run(windows));

    [Fact]
    public void Step_SpeedRatioUnknown_IsJudgedByOccupancy()
    {
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule()));
        rig.Publish("int-1", 1, ("n", new Minute(Ratio: 0.4, Occupancy: 10)));
        rig.Publish("int-1", 2, ("n", new Minute(Occupancy: 51)));
        var decision = Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board);
        var windows = decision.Message.Reason.Evidence!.Windows;
        Assert.Equal([(BoardMetric.SpeedRatio, 0.4, 0.5, 0.67), (BoardMetric.Occupancy, 51.0, 50.0, 35.0)], windows.Select(w => (w.Metric, w.Value, w.Enter, w.Exit)));
    }

    [Theory]
    [InlineData(0.9, 60, "_w")]
    [InlineData(0.9, 40, "__")]
    [InlineData(0.4, 10, "_w")]
    public void Step_SeveralMetrics_IsBadByAnyOfThem(double ratio, double occupancy, string expected) =>
        Assert.Equal(expected, Run([new Minute(ratio, occupancy, Volume: 5), new Minute(ratio, occupancy, Volume: 5)]));

    [Theory]
    [InlineData(0.9, 10, "_ww_")]
    [InlineData(0.9, 40, "_www")]
    [InlineData(0.6, 10, "_www")]
    public void Step_SeveralMetrics_IsGoodByAllOfThem(double ratio, double occupancy, string expected)
    {
        Minute dense = new(0.9, 60, Volume: 5), after = new(ratio, occupancy, Volume: 5);
        Assert.Equal(expected, Run([dense, dense, after, after], minimumOn: 0));
    }

    [Fact]
    public void Step_OccupancyOnly_DoesNotLookAtSpeed()
    {
        var rule = BoardRig.Rule(r => r.Steps = [new RuleStep { Name = "dense", When = new RuleCondition { Occupancy = new RuleThresholds { Enter = 35, Exit = 25 } }, Text = ["DENSE"] }]);
        var rig = new BoardRig(BoardRig.Options(rule));
        rig.Publish("int-1", 1, ("n", new Minute(Ratio: 0.9, Occupancy: 40)));
        rig.Publish("int-1", 2, ("n", new Minute(Ratio: 0.9, Occupancy: 40)));
        Assert.Equal("DENSE", TrafficCore.Boards.Multi.MultiString.JoinText(Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board).Message.Multi, ""));
    }

    [Fact]
    public void Step_AnotherApproachIsClear_DoesNotEndTheWarningOfASilentOne()
    {
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule()));
        Show(rig);
        for (var minute = 3; minute < 7; minute++)
        {
            rig.Publish("int-1", minute, ("s", Minute.Of('G')));
            Assert.DoesNotContain(rig.Judge(minute), d => d.Message.Board == BoardRig.Board);
        }
    }

    [Fact]
    public void Step_TwoApproachesTakeTurnsInBeingWorst_KeepsTheText()
    {
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule(r => r.Steps = [new RuleStep
        {
            Name = "slow", When = r.Steps[0].When, Text = ["SLOW AT {approach}"],
        }])));
        for (var minute = 1; minute < 10; minute++)
        {
            var isNorth = minute % 2 == 0;
            rig.Publish("int-1", minute, ("n", new Minute(isNorth ? 0.2 : 0.4)), ("s", new Minute(isNorth ? 0.4 : 0.2)));
            rig.Judge(minute);
        }

        Assert.Equal("[jp3][jl3]SLOW AT n", Assert.Single(rig.Decisions, d => d.Message.Board == BoardRig.Board).Message.Multi);
    }

    [Fact]
    public void Step_TheNamedApproachFallsSilent_GoesOverToOneThatIsAsBad()
    {
        var options = BoardRig.Options(BoardRig.Rule());
        options.MaxInputAge = TimeSpan.FromMinutes(5);
        var rig = new BoardRig(options);
        for (var minute = 1; minute <= 20; minute++)
        {
            rig.Publish("int-1", minute, ("n", Minute.Of(minute < 3 ? 'B' : '?')), ("s", Minute.Of(minute < 2 ? 'G' : 'B')));
            rig.Judge(minute);
            Assert.Empty(rig.Expire(minute));
        }

        Assert.Single(rig.Decisions, d => d.Message.Board == BoardRig.Board);
        Assert.Equal(new ApproachKey("int-1", "s"), rig.Snapshot(BoardRig.Board).Message.Reason.Evidence!.Approach);
    }

    [Fact]
    public void Step_DetectorThatIsNoPartOfTheApproach_MayBeBroken()
    {
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule()));
        for (var minute = 1; minute <= 2; minute++)
        {
            var good = BoardRig.Rows("int-1", minute, "n", Minute.Of('B')).ToList();
            rig.Director.Observe(rig.Window("int-1", minute) with { Rows = [good[0], good[0] with { Id = "d-x", Health = RowHealth.StuckOn }, good[1]] });
        }

        Assert.Equal("entered", Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board).Message.Reason.Because);
    }

    [Fact]
    public void Reason_Entered_TellsTheWholeChain()
    {
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule(r => r.Version = 7)));
        rig.Publish("int-1", 1, ("n", new Minute(0.4, Coverage: 0.75)));
        rig.Publish("int-1", 2, ("n", new Minute(0.3)));
        var message = Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board).Message;
        Assert.Equal(
            """{"rule":"congestion","version":7,"step":"slow","because":{"event":"entered","since":"2023-11-14T22:16:00Z","approach":"int-1/n","window":"60s","start":"2023-11-14T22:15:00Z","metric":"speedRatio","value":0.3,"enter":0.5,"exit":0.67,"coverage":1,"revision":1,"windows":[{"start":"2023-11-14T22:14:00Z","metric":"speedRatio","value":0.4,"enter":0.5,"exit":0.67,"coverage":0.75,"revision":1},{"start":"2023-11-14T22:15:00Z","metric":"speedRatio","value":0.3,"enter":0.5,"exit":0.67,"coverage":1,"revision":1}]}}""",
            ReasonJson.Text(message.Reason));
        Assert.Equal(
            "rule congestion/slow (version 7) entered: int-1/n speedRatio 0.4 (enter 0.5, exit 0.67) at 22:14:00Z for 60s, coverage 0.75, revision 1, speedRatio 0.3 (enter 0.5, exit 0.67) at 22:15:00Z for 60s, coverage 1, revision 1",
            ReasonText.Of(message.Reason));
        Assert.Equal((BoardRig.At(2), BoardRig.At(7), 8), (message.Reason.Since, message.Expires, message.Priority));
    }

    private static void Show(BoardRig rig)
    {
        rig.Publish("int-1", 1, ("n", Minute.Of('B')));
        rig.Publish("int-1", 2, ("n", Minute.Of('B')));
        Assert.NotEmpty(rig.Judge(2));
    }

    private static string Run(string windows) => Run([.. windows.Select(Minute.Of)]);

    private static string Run(Minute[] windows, int minimumOn = 3)
    {
        // Without the change limit, which has tables of its own.
        var options = BoardRig.Options(BoardRig.Rule(r => r.MinimumOn = TimeSpan.FromMinutes(minimumOn)));
        options.MaxChangesPerHour = 3600;
        var rig = new BoardRig(options);
        var shown = new char[windows.Length];
        for (var i = 0; i < windows.Length; i++)
        {
            rig.Publish("int-1", i + 1, ("n", windows[i]));
            rig.Judge(i + 1);
            shown[i] = rig.Snapshot(BoardRig.Board).Message.Reason is { Step: var step } && rig.Snapshot(BoardRig.Board).Message.Multi.Length > 0 ? step == "severe" ? 'S' : 'w' : '_';
        }

        return new string(shown);
    }
}
