using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Boards;

public sealed class BoardDirectorTests
{
    private const long Minute = 60_000;
    private const long T0 = 1_700_000_040_000;

    private static readonly BoardKey Key = new("int-1", "b-1");
    private static readonly ApproachKey North = new("int-1", "n");
    private static readonly ApproachKey South = new("int-1", "s");

    private static readonly BoardRule Dense = new()
    {
        Name = "dense", Metric = BoardMetric.Occupancy, Enter = 35, Exit = 25, Text = ["DENSE AT {approach}"], Priority = 8,
    };

    private static readonly BoardRule Slow = new()
    {
        Name = "slow", Metric = BoardMetric.SpeedRatio, Enter = 0.5, Exit = 0.7, Text = ["SLOW"], Priority = 9,
    };

    [Fact]
    public void Evaluate_FirstTimeWithoutInput_BlanksTheBoardOnce()
    {
        var director = Director(Dense);
        var blank = Assert.Single(director.Evaluate(T0));
        Assert.Equal(("", "none", "idle", (long?)null), (blank.Multi, blank.Reason.Rule, blank.Reason.Because, blank.Expires));
        Assert.Empty(director.Evaluate(T0 + 1000));
    }

    [Fact]
    public void Evaluate_EnterThresholdReached_ShowsTheMessageWithItsReason()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 35));
        var message = Assert.Single(director.Evaluate(T0));
        Assert.Equal("[jp3]DENSE AT n", message.Multi);
        Assert.Equal(8, message.Priority);
        Assert.Equal(T0 + (5 * Minute), message.Expires);
        Assert.Equal(("dense", "entered"), (message.Reason.Rule, message.Reason.Because));
        var evidence = message.Reason.Evidence!;
        Assert.Equal((North, 35.0, 35.0, 25.0), (evidence.Approach, evidence.Value, evidence.Enter, evidence.Exit));
        Assert.Equal((T0 - Minute, Minute, 1.0, 1), (evidence.Start, evidence.Length, evidence.Coverage, evidence.Revision));
    }

    [Fact]
    public void Evaluate_BetweenTheThresholds_ChangesNothing()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 30));
        Assert.Equal("", Assert.Single(director.Evaluate(T0)).Multi);
        director.Observe(Row(North, T0, occupancy: 40));
        Assert.NotEqual("", Assert.Single(director.Evaluate(T0 + Minute)).Multi);
        for (var i = 2; i < 6; i++)
        {
            director.Observe(Row(North, T0 + ((i - 1) * Minute), occupancy: 26));
            Assert.DoesNotContain(director.Evaluate(T0 + (i * Minute)), m => m.Multi.Length == 0);
        }
    }

    [Fact]
    public void Evaluate_ExitThresholdReachedAfterTheMinimumTime_Clears()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 40));
        director.Evaluate(T0);
        director.Observe(Row(North, T0, occupancy: 20));
        Assert.Empty(director.Evaluate(T0 + Minute));
        var blank = Assert.Single(director.Evaluate(T0 + (2 * Minute)));
        Assert.Equal(("", "dense", "cleared", 20.0), (blank.Multi, blank.Reason.Rule, blank.Reason.Because, blank.Reason.Evidence!.Value));
    }

    [Fact]
    public void Evaluate_BadAgainBeforeTheMinimumOffTime_WaitsForIt()
    {
        var director = Director(new BoardRule
        {
            Name = "dense", Enter = 35, Exit = 25, Text = ["X"], MinimumOn = TimeSpan.Zero, MinimumOff = TimeSpan.FromMinutes(3),
        });
        director.Observe(Row(North, T0 - Minute, occupancy: 40));
        director.Evaluate(T0);
        director.Observe(Row(North, T0, occupancy: 10));
        Assert.Equal("", Assert.Single(director.Evaluate(T0 + Minute)).Multi);
        director.Observe(Row(North, T0 + Minute, occupancy: 40));
        Assert.Empty(director.Evaluate(T0 + (2 * Minute)));
        Assert.Empty(director.Evaluate(T0 + (4 * Minute) - 1));
        Assert.NotEqual("", Assert.Single(director.Evaluate(T0 + (4 * Minute))).Multi);
    }

    [Fact]
    public void Evaluate_InputsStop_WithdrawsAtTheExpiryWhateverTheMinimumTime()
    {
        var director = Director(new BoardRule
        {
            Name = "dense", Enter = 35, Exit = 25, Text = ["X"], MinimumOn = TimeSpan.FromHours(1),
        });
        director.Observe(Row(North, T0 - Minute, occupancy: 40));
        director.Evaluate(T0);
        Assert.Empty(director.Evaluate(T0 + (5 * Minute) - 1));
        var blank = Assert.Single(director.Evaluate(T0 + (5 * Minute)));
        Assert.Equal(("", "expired"), (blank.Multi, blank.Reason.Because));
    }

    [Fact]
    public void Evaluate_WindowOlderThanTheMaximumAge_IsNotBelieved()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - (7 * Minute), occupancy: 90));
        Assert.Equal("", Assert.Single(director.Evaluate(T0)).Multi);
    }

    [Theory]
    [InlineData(0.4)]
    [InlineData(null)]
    public void Evaluate_CoverageLowOrUnknown_IsNotBelieved(double? coverage)
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 90, coverage: coverage));
        Assert.Equal("", Assert.Single(director.Evaluate(T0)).Multi);
    }

    [Fact]
    public void Evaluate_AnotherApproachIsClear_DoesNotEndTheWarningOfASilentOne()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 40));
        director.Evaluate(T0);
        for (var i = 0; i < 4; i++)
        {
            director.Observe(Row(South, T0 + (i * Minute), occupancy: 5));
            Assert.Empty(director.Evaluate(T0 + ((i + 1) * Minute)));
        }
    }

    [Fact]
    public void Evaluate_TwoApproachesTakeTurnsInBeingWorst_KeepsTheText()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 40));
        director.Observe(Row(South, T0 - Minute, occupancy: 39));
        Assert.Equal("[jp3]DENSE AT n", Assert.Single(director.Evaluate(T0)).Multi);
        director.Observe(Row(North, T0, occupancy: 36));
        director.Observe(Row(South, T0, occupancy: 60));
        Assert.Empty(director.Evaluate(T0 + Minute));
    }

    [Fact]
    public void Evaluate_Upheld_RenewsAtHalfOfTheLifeUnderTheSameId()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 40));
        var first = Assert.Single(director.Evaluate(T0));
        List<BoardMessage> sent = [];
        for (var i = 0; i < 6; i++)
        {
            director.Observe(Row(North, T0 + (i * Minute), occupancy: 40 + i));
            sent.AddRange(director.Evaluate(T0 + ((i + 1) * Minute)));
        }

        Assert.Equal(2, sent.Count);
        Assert.All(sent, m => Assert.Equal(first.Id, m.Id));
        Assert.True(sent[0].Expires > first.Expires && sent[1].Expires > sent[0].Expires);
        Assert.Equal("upheld", sent[0].Reason.Because);
    }

    [Fact]
    public void Evaluate_TwoRulesAsk_TheHigherPriorityWinsAndTheOtherFollows()
    {
        var director = Director(Dense, Slow);
        director.Observe(Row(North, T0 - Minute, occupancy: 40));
        Assert.Equal("dense", Assert.Single(director.Evaluate(T0)).Reason.Rule);
        director.Observe(Row(North, T0, occupancy: 40, speedRatio: 300));
        Assert.Equal("slow", Assert.Single(director.Evaluate(T0 + Minute)).Reason.Rule);
        director.Observe(Row(North, T0 + (2 * Minute), occupancy: 40, speedRatio: 900));
        Assert.Equal("dense", Assert.Single(director.Evaluate(T0 + (3 * Minute))).Reason.Rule);
    }

    [Fact]
    public void Evaluate_RevisionOfTheSameWindow_ReplacesIt()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 20));
        director.Observe(Row(North, T0 - Minute, occupancy: 50) with { Revision = 2 });
        director.Observe(Row(North, T0 - (2 * Minute), occupancy: 10) with { Revision = 3 });
        Assert.Equal(50.0, Assert.Single(director.Evaluate(T0)).Reason.Evidence!.Value);
    }

    [Fact]
    public void Configure_BoardGone_IsBlanked()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 50));
        director.Evaluate(T0);
        director.Configure([], T0 + 1);
        var blank = Assert.Single(director.Evaluate(T0 + 1));
        Assert.Equal((Key, "", "removed"), (blank.Board, blank.Multi, blank.Reason.Because));
        Assert.Empty(director.Snapshot(T0 + 1));
    }

    [Fact]
    public void Configure_BoardUnchanged_KeepsItsMessage()
    {
        var director = Director(Dense);
        director.Observe(Row(North, T0 - Minute, occupancy: 50));
        director.Evaluate(T0);
        director.Configure([Board()], T0 + 1);
        Assert.Empty(director.Evaluate(T0 + 1));
    }

    [Fact]
    public void NotSent_Message_ComesAgain()
    {
        var director = Director(Dense);
        var blank = Assert.Single(director.Evaluate(T0));
        director.NotSent(blank);
        Assert.Equal(blank, Assert.Single(director.Evaluate(T0 + 1)));
    }

    [Fact]
    public void Evaluate_SameInput_GivesTheSameMessages()
    {
        Assert.Equal(Run(), Run());

        static List<string> Run()
        {
            var director = Director(Dense, Slow);
            var random = new Random(5);
            List<string> sent = [];
            for (var i = 0; i < 500; i++)
            {
                director.Observe(Row(random.Next(2) == 0 ? North : South, T0 + (i * Minute), random.Next(60), random.Next(1000)));
                sent.AddRange(director.Evaluate(T0 + ((i + 1) * Minute)).Select(m => Convert.ToHexString(BoardMessageJson.Write(m))));
            }

            return sent;
        }
    }

    internal static BoardDefinition Board() => new(Key, 3, 16, 2, [North, South]);

    private static BoardDirector Director(params BoardRule[] rules)
    {
        var director = new BoardDirector(new BoardsOptions { Rules = rules });
        director.Configure([Board()], T0);
        return director;
    }

    internal static FlowRow Row(ApproachKey approach, long start, double occupancy, int? speedRatio = null, double? coverage = 1) => new()
    {
        Intersection = approach.Intersection,
        Id = approach.Approach,
        Level = FlowLevel.Approach,
        Start = start,
        Length = Minute,
        Revision = 1,
        OccupancyWeighted = (long)(occupancy * 1000 * Minute),
        OccupancyMs = Minute,
        ObservedMs = (long)((coverage ?? 1) * Minute),
        ExpectedMs = coverage is null ? null : Minute,
        SpeedRatioMilli = speedRatio,
    };
}
