using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;

namespace TrafficCore.Tests.Boards;

public sealed class BoardDirectorTests
{
    [Fact]
    public void TakeDue_NewBoard_IsBlankedOnceWithoutADecision()
    {
        var rig = new BoardRig();
        var blank = Assert.Single(rig.Director.TakeDue(BoardRig.T0), m => m.Board == BoardRig.Board);
        Assert.Equal(("", "none", "idle", (long?)null), (blank.Multi, blank.Reason.Rule, blank.Reason.Because, blank.Expires));
        Assert.Empty(rig.Director.TakeDue(BoardRig.T0 + 1000));
        Assert.Empty(rig.Judge(1));
    }

    [Fact]
    public void Judge_BoardOfTwoIntersections_WaitsForBothAndThenForNoMoreThanItsPatience()
    {
        var rig = new BoardRig();
        for (var minute = 1; minute <= 3; minute++)
        {
            rig.Publish("int-1", minute, ("n", Minute.Of('B')));
        }

        // The board of int-1 alone is judged; the one that also watches int-2 waits for 2 x 60 s + 10 s of the clock.
        Assert.Equal([BoardRig.Board], rig.Judge(3).Select(d => d.Message.Board));
        Assert.Empty(rig.Judge(3 + 2.1));
        Assert.Equal([(BoardRig.Both, BoardRig.At(2))], rig.Judge(3 + 2.2).Select(d => (d.Message.Board, d.Time)));
        Assert.True(rig.Director.MustSave);

        // Who was given up is waited for again once it is back.
        rig.Publish("int-2", 4, ("n", Minute.Of('G')));
        rig.Publish("int-1", 4, ("n", Minute.Of('G')));
        rig.Publish("int-1", 5, ("n", Minute.Of('G')));
        rig.Judge(5.5);
        Assert.Equal(BoardRig.At(4), rig.Snapshot(BoardRig.Both).JudgedUntil);
    }

    [Fact]
    public void Judge_OtherIntersectionIsFurther_IsKnownToBringNoMore()
    {
        var rig = new BoardRig();
        rig.Publish("int-1", 1, ("n", Minute.Of('B')));
        rig.Publish("int-1", 2, ("n", Minute.Of('B')));
        rig.Publish("int-2", 3, ("n", Minute.Of('G')));
        rig.Publish("int-1", 3, ("n", Minute.Of('B')));
        rig.Judge(3);
        Assert.Equal(BoardRig.At(3), rig.Snapshot(BoardRig.Both).JudgedUntil);
    }

    [Fact]
    public void Judge_RulesOfTwoLengths_WaitForEachOthersWindowsWhereTheyEndTogether()
    {
        var slow = BoardRig.Rule(r => (r.Name, r.Window, r.EnterWindows) = ("long", TimeSpan.FromMinutes(2), 1));
        var rig = new BoardRig(BoardRig.Options(BoardRig.Rule(), slow));
        rig.Publish("int-1", 1, ("n", Minute.Of('G')));
        rig.Publish("int-1", 2, ("n", Minute.Of('G')));
        rig.Judge(2);
        Assert.Equal(BoardRig.At(1), rig.Snapshot(BoardRig.Board).JudgedUntil);

        var two = rig.Window("int-1", 2, ("n", Minute.Of('B')));
        rig.Director.Observe(two with { Start = BoardRig.At(0), Length = 2 * BoardRig.Length });
        Assert.Equal(("long", BoardRig.At(2)), (Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board) is var begun ? begun.Message.Reason.Rule : null, begun.Time));

        // Odd minutes end no window of two.
        rig.Publish("int-1", 3, ("n", Minute.Of('G')));
        rig.Judge(3);
        Assert.Equal(BoardRig.At(3), rig.Snapshot(BoardRig.Board).JudgedUntil);
    }

    [Fact]
    public void Network_BoardThatWatchesNothing_WatchesItsIntersection()
    {
        var boards = BoardRig.Network().Boards;
        Assert.Equal([new ApproachKey("int-2", "n")], boards.Single(b => b.Key == BoardRig.Other).Watches);
        Assert.Equal([new ApproachKey("int-1", "n"), new ApproachKey("int-2", "n")], boards.Single(b => b.Key == BoardRig.Both).Watches);
    }

    [Fact]
    public void Judge_CorrectionBeforeTheNextWindow_CountsThereAndALaterOneNeverDoes()
    {
        // As published: bad, good, bad. The second minute turns out bad before the third is published: that makes two, and three, in a row.
        var corrected = new BoardRig();
        corrected.Publish("int-1", 1, ("n", Minute.Of('B')));
        corrected.Publish("int-1", 2, ("n", Minute.Of('G')));
        corrected.Publish("int-1", 2, ("n", Minute.Of('B') with { Revision = 2 }));
        Assert.Empty(corrected.Judge(2));
        corrected.Publish("int-1", 3, ("n", Minute.Of('B')));
        var decision = Assert.Single(corrected.Judge(3), d => d.Message.Board == BoardRig.Board);
        Assert.Equal((BoardRig.At(3), 2), (decision.Time, decision.Message.Reason.Evidence!.Windows[0].Revision));

        // The same, but it is published behind the third.
        var late = new BoardRig();
        late.Publish("int-1", 1, ("n", Minute.Of('B')));
        late.Publish("int-1", 2, ("n", Minute.Of('G')));
        late.Publish("int-1", 3, ("n", Minute.Of('B')));
        late.Publish("int-1", 2, ("n", Minute.Of('B') with { Revision = 2 }));
        Assert.Empty(late.Judge(3));
        late.Publish("int-1", 4, ("n", Minute.Of('G')));
        Assert.Empty(late.Judge(4));
    }

    [Fact]
    public void Judge_WindowOlderThanTheMaximumAge_IsNotJudgedAndCountsInARow()
    {
        var options = BoardRig.Options();
        options.MaxInputAge = TimeSpan.FromMinutes(5);
        var rig = new BoardRig(options);
        rig.Publish("int-1", 1, ("n", Minute.Of('B')));
        rig.Publish("int-1", 2, ("n", Minute.Of('B')));
        Assert.Empty(rig.Judge(7.5));
        rig.Publish("int-1", 3, ("n", Minute.Of('B')));
        Assert.Equal(BoardRig.At(3), Assert.Single(rig.Judge(7.5), d => d.Message.Board == BoardRig.Board).Time);
    }

    [Fact]
    public void Judge_Upheld_RenewsAtHalfOfTheLifeUnderTheSameId()
    {
        var rig = Shown();
        var first = Assert.Single(rig.Director.TakeDue(BoardRig.At(2)), m => m.Board == BoardRig.Board);
        List<BoardMessage> sent = [];
        for (var minute = 3; minute <= 8; minute++)
        {
            rig.Publish("int-1", minute, ("n", Minute.Of('B')));
            rig.Judge(minute);
            rig.Director.Report(BoardRig.Board, new BoardStatus(first.Id, "shown", first.Multi, null, null), BoardRig.At(minute));
            sent.AddRange(rig.Director.TakeDue(BoardRig.At(minute)).Where(m => m.Board == BoardRig.Board));
        }

        Assert.Equal([BoardRig.At(10), BoardRig.At(13)], sent.Select(m => m.Expires!.Value));
        Assert.All(sent, m => Assert.Equal((first.Id, "upheld"), (m.Id, m.Reason.Because)));
        Assert.Single(rig.Decisions, d => d.Message.Board == BoardRig.Board);
    }

    [Fact]
    public void Expire_WindowsStop_BlanksByTheClockAtTheExpiryAndForgetsWhatIsOlder()
    {
        var options = BoardRig.Options();
        options.MaxInputAge = TimeSpan.FromMinutes(5);
        var rig = Shown(options);
        Assert.Empty(rig.Expire(6.99));
        var blank = Assert.Single(rig.Expire(9), d => d.Message.Board == BoardRig.Board);
        Assert.Equal((BoardRig.At(7), "blanked", "expired", true), (blank.Time, blank.State, blank.Message.Reason.Because, blank.Message.Reason.ByClock));

        // Two bad minutes that the expiry has passed: nothing may begin before it ended.
        rig.Publish("int-1", 6, ("n", Minute.Of('B')));
        rig.Publish("int-1", 7, ("n", Minute.Of('B')));
        Assert.DoesNotContain(rig.Judge(9), d => d.Message.Board == BoardRig.Board);
        rig.Publish("int-1", 9, ("n", Minute.Of('B')));
        rig.Publish("int-1", 10, ("n", Minute.Of('B')));
        Assert.Equal(BoardRig.At(10), Assert.Single(rig.Judge(10), d => d.Message.Board == BoardRig.Board).Time);
    }

    [Fact]
    public void Expire_OldDataAllowed_LeavesRulesToTheirWindows()
    {
        var rig = Shown();
        Assert.Empty(rig.Expire(10_000));
        Assert.NotEqual("", rig.Snapshot(BoardRig.Board).Message.Multi);
    }

    [Fact]
    public void Judge_TwoRulesAsk_TheHigherPriorityWinsAndTheOtherFollows()
    {
        var low = BoardRig.Rule(r => (r.Name, r.Steps) = ("dense", [new RuleStep { Name = "d", Priority = 3, When = new RuleCondition { Occupancy = new RuleThresholds { Enter = 35, Exit = 25 } }, Text = ["DENSE"] }]));
        var options = BoardRig.Options(low, BoardRig.Rule());
        var rig = new BoardRig(options);
        var dense = new Minute(Ratio: 0.9, Occupancy: 35);
        var both = new Minute(Ratio: 0.4, Occupancy: 35);
        foreach (var (state, minute) in new[] { dense, dense, both, both, dense, dense, dense }.Select((s, i) => (s, i + 1)))
        {
            rig.Publish("int-1", minute, ("n", state));
            rig.Judge(minute);
        }

        var own = rig.Decisions.Where(d => d.Message.Board == BoardRig.Board).ToList();
        Assert.Equal([("dense", BoardRig.At(2)), ("congestion", BoardRig.At(4)), ("dense", BoardRig.At(7))], own.Select(d => (d.Message.Reason.Rule, d.Time)));
        Assert.Equal([new BoardLoser("dense", "d", 3, "lower-priority")], own[1].Message.Reason.Lost);
    }

    [Fact]
    public void Judge_MessageDoesNotFit_LetsTheNextWinAndSaysSo()
    {
        var mute = BoardRig.Rule(r => (r.Name, r.Steps) = ("mute", [new RuleStep { Name = "m", Priority = 200, When = r.Steps[0].When, Text = ["🦀"] }]));
        var rig = new BoardRig(BoardRig.Options(mute, BoardRig.Rule()));
        rig.Publish("int-1", 1, ("n", Minute.Of('B')));
        rig.Publish("int-1", 2, ("n", Minute.Of('B')));
        var message = Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board).Message;
        Assert.Equal(("congestion", "does-not-fit"), (message.Reason.Rule, Assert.Single(message.Reason.Lost).Why));
    }

    [Fact]
    public void Command_ManualMessage_DisplacesTheRuleAndGivesBack()
    {
        var rig = Shown();
        Assert.True(rig.Director.Command(BoardRig.Board, new ManualMessage("[jp3]BRIDGE CLOSED", 11, BoardRig.At(2) + 7, BoardRig.At(30), "li", "ice")));
        var decision = Assert.Single(rig.Collect());
        Assert.Equal((BoardRig.At(2) + 7, "commanded", "manual", "li", "ice"), (decision.Time, decision.State, decision.Message.Reason.Rule, decision.Message.Reason.Author, decision.Message.Reason.Note));
        Assert.Equal([new BoardLoser("congestion", "slow", 8, "lower-priority")], decision.Message.Reason.Lost);
        Assert.Equal("SLOW TRAFFIC|AHEAD", TrafficCore.Boards.Multi.MultiString.JoinText(rig.Snapshot(BoardRig.Board).Otherwise!.Multi, "|"));

        Assert.True(rig.Director.Release(BoardRig.Board, BoardRig.At(3), "wang"));
        Assert.True(rig.Director.Release(BoardRig.Board, BoardRig.At(3), "wang"));
        var back = Assert.Single(rig.Collect());
        Assert.Equal((BoardRig.At(3), "congestion"), (back.Time, back.Message.Reason.Rule));
        Assert.False(rig.Director.Command(new BoardKey("int-1", "nope"), new ManualMessage("X", 11, 0, 1, null, null)));
    }

    [Fact]
    public void Command_LowerPriorityThanTheRule_WaitsBehindIt()
    {
        var rig = Shown();
        rig.Director.Command(BoardRig.Board, new ManualMessage("HELLO", 5, BoardRig.At(2), BoardRig.At(60), null, null));
        Assert.Empty(rig.Collect());
        Assert.Equal("HELLO", rig.Snapshot(BoardRig.Board).Otherwise!.Multi);
        for (var minute = 3; minute <= 5; minute++)
        {
            rig.Publish("int-1", minute, ("n", Minute.Of('G')));
            rig.Judge(minute);
        }

        Assert.Equal("HELLO", rig.Snapshot(BoardRig.Board).Message.Multi);
        var end = Assert.Single(rig.Expire(61));
        Assert.Equal(("", "blanked", "expired", true), (end.Message.Multi, end.State, end.Message.Reason.Because, end.Message.Reason.ByClock));
        Assert.Equal(BoardRig.At(60), end.Time);
    }

    [Fact]
    public void Command_EventTimesAreBehindTheClock_TimesStillRise()
    {
        var rig = Shown();
        rig.Director.Command(BoardRig.Board, new ManualMessage("A", 9, BoardRig.At(4.5), BoardRig.At(60), null, null));
        rig.Publish("int-1", 3, ("n", Minute.Of('S')));
        rig.Publish("int-1", 4, ("n", Minute.Of('S')));
        rig.Judge(4.6);
        rig.Director.Release(BoardRig.Board, BoardRig.At(4.5), null);
        rig.Collect();
        var times = rig.Decisions.Where(d => d.Message.Board == BoardRig.Board).Select(d => d.Time).ToList();
        Assert.Equal([BoardRig.At(2), BoardRig.At(4.5), BoardRig.At(4.5) + 1], times);
    }

    [Fact]
    public void Checkpoint_CommandThatWasNotSaved_NeverHappened()
    {
        var rig = Shown();
        var before = rig.Snapshot(BoardRig.Board);
        var undo = rig.Director.Checkpoint(BoardRig.Board);
        rig.Director.Command(BoardRig.Board, new ManualMessage("A", 99, BoardRig.At(3), BoardRig.At(60), null, null));
        undo();
        Assert.Empty(rig.Collect());
        Assert.Equal((before.Message.Id, null), (rig.Snapshot(BoardRig.Board).Message.Id, rig.Snapshot(BoardRig.Board).Manual));
    }

    [Fact]
    public void Configure_BoardGone_IsBlanked()
    {
        var rig = Shown();
        rig.Director.TakeDue(BoardRig.At(2));
        rig.Director.Configure(BoardRig.Network("""{ "intersections": [] }"""), BoardRig.At(2.5));
        var blank = Assert.Single(rig.Director.TakeDue(BoardRig.At(2.5)));
        Assert.Equal((BoardRig.Board, "", "removed"), (blank.Board, blank.Multi, blank.Reason.Because));
        Assert.Equal([BoardRig.At(2.5)], rig.Collect().Select(d => d.Time));
        Assert.Empty(rig.Director.Snapshot(BoardRig.At(3)));
    }

    [Fact]
    public void Configure_NetworkAgain_KeepsMessagesAndWindowsThatWait()
    {
        var rig = Shown();
        rig.Director.TakeDue(BoardRig.At(2));
        rig.Publish("int-1", 3, ("n", Minute.Of('S')));
        rig.Director.Configure(BoardRig.Network(), BoardRig.At(2.2));
        Assert.Empty(rig.Director.TakeDue(BoardRig.At(2.3)));
        rig.Publish("int-1", 4, ("n", Minute.Of('S')));
        Assert.Equal("escalated", Assert.Single(rig.Judge(4), d => d.Message.Board == BoardRig.Board).Message.Reason.Because);
    }

    [Fact]
    public void Configure_RulesChange_ShowWithTheNextWindow()
    {
        var rig = Shown();
        rig.Director.Configure([BoardRig.Rule(r => r.Steps = [new RuleStep { Name = "slow", When = r.Steps[0].When, Text = ["OTHER WORDS"] }])], BoardRig.At(2.1));
        Assert.Empty(rig.Judge(2.5));
        rig.Publish("int-1", 3, ("n", Minute.Of('-')));
        Assert.Equal("OTHER WORDS", TrafficCore.Boards.Multi.MultiString.JoinText(Assert.Single(rig.Judge(3), d => d.Message.Board == BoardRig.Board).Message.Multi, ""));

        rig.Director.Configure([], BoardRig.At(3.1));
        rig.Director.Configure([BoardRig.Rule(r => r.Name = "unrelated")], BoardRig.At(3.2));
        rig.Publish("int-1", 4, ("n", Minute.Of('-')));
        Assert.Equal(("", "rules-changed"), (Assert.Single(rig.Judge(4), d => d.Message.Board == BoardRig.Board) is var last ? last.Message.Multi : null, last.Message.Reason.Because));
    }

    [Fact]
    public void NotSent_Message_ComesAgain()
    {
        var rig = new BoardRig();
        var blank = Assert.Single(rig.Director.TakeDue(BoardRig.T0), m => m.Board == BoardRig.Board);
        rig.Director.NotSent(blank);
        Assert.Equal(blank, Assert.Single(rig.Director.TakeDue(BoardRig.T0 + 1)));
    }

    [Fact]
    public void Connected_BoardComesBack_GetsItsMessageAtOnce()
    {
        var rig = Shown();
        rig.Director.TakeDue(BoardRig.At(2));
        rig.Director.Connected(BoardRig.Board, false, BoardRig.At(2));
        Assert.DoesNotContain(rig.Director.TakeDue(BoardRig.At(30)), m => m.Board == BoardRig.Board);
        Assert.Equal(BoardDelivery.Offline, rig.Snapshot(BoardRig.Board, 30).Delivery);
        rig.Director.Connected(BoardRig.Board, true, BoardRig.At(31));
        Assert.Equal("SLOW TRAFFIC", TrafficCore.Boards.Multi.MultiString.JoinText(Assert.Single(rig.Director.TakeDue(BoardRig.At(31)), m => m.Board == BoardRig.Board).Multi, "|").Split('|')[0]);
    }

    private static BoardRig Shown(BoardsOptions? options = null)
    {
        var rig = new BoardRig(options);
        rig.Publish("int-1", 1, ("n", Minute.Of('B')));
        rig.Publish("int-1", 2, ("n", Minute.Of('B')));
        Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board);
        return rig;
    }
}
