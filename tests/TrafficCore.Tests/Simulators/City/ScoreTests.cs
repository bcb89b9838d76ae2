using TrafficCore.Simulators.City.Scoring;
using TrafficCore.Simulators.City.Truth;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Tests.Simulators;

public sealed class ScoreTests
{
    private static readonly ScoreOptions Options = new() { Truth = "", Http = new Uri("http://127.0.0.1/"), Tolerance = TimeSpan.FromMinutes(1) };

    [Fact]
    public void Volumes_ByHand_GiveTheirErrors()
    {
        var score = new VolumeScore();
        score.Add(passed: 10, sent: 10, answered: 10);
        score.Add(passed: 20, sent: 16, answered: 16);
        score.Add(passed: 10, sent: 10, answered: 12);
        score.Add(passed: 5, sent: 5, answered: null);

        Assert.Equal((4, 3, 1, 2), (score.Windows, score.Answered, score.Exact, score.AsSent));
        Assert.Equal((0.75, 2, 15, -5), (score.Coverage, score.MeanAbsoluteError, score.WeightedErrorPercent, score.BiasPercent));
    }

    [Fact]
    public void Volumes_Nothing_IsUnknown()
    {
        var score = new VolumeScore();

        Assert.Equal((0, null, null, null), (score.Coverage, score.MeanAbsoluteError, score.WeightedErrorPercent, score.BiasPercent));
    }

    [Fact]
    public void Warnings_ByHand_GivePrecisionRecallAndDelay()
    {
        // Minutes: three congestions, because gaps of more than a minute part them.
        var score = new BoardScore(tolerance: 60_000);
        score.Add(Minutes((12, 22), (40, 45)), Minutes((10, 20), (22, 25), (50, 60)), mostChanges: 4);

        // The first warning meets the first congestion, and within a minute the second; the other meets nothing; the last congestion is missed.
        Assert.Equal((1, 2, 1, 3, 2), (score.Boards, score.Warnings, score.Justified, score.Congestions, score.Found));
        Assert.Equal((0.5, 0.6667), (score.Precision, score.Recall));
        Assert.Equal(120, score.MedianDelaySeconds);
    }

    [Fact]
    public void Warnings_CloseCongestions_AreOne()
    {
        var score = new BoardScore(tolerance: 60_000);
        score.Add(Minutes((15, 16)), Minutes((10, 11), (11, 12), (13, 14), (15, 16)), mostChanges: 2);

        Assert.Equal((1, 1, 1.0), (score.Congestions, score.Found, score.Recall));
    }

    [Fact]
    public void Warnings_NoneAndNoCongestion_IsUnknown()
    {
        var score = new BoardScore(tolerance: 60_000);
        score.Add([], [], 0);

        Assert.Equal((1, null, null, null), (score.Boards, score.Precision, score.Recall, score.MedianDelaySeconds));
    }

    [Fact]
    public void Boards_Files_GiveTheScore()
    {
        string[] boards =
        [
            "time,intersection,board,watches,state,id,rule,multi",
            "2026-01-05T07:00:00.000Z,int-0001,b-1,int-0001/n;int-0001/e,blank,,,",
            "2026-01-05T07:00:00.000Z,int-0002,b-1,int-0002/n,blank,,,",
            "2026-01-05T07:00:00.000Z,int-0003,b-1,int-0003/n,blank,,,",
            "2026-01-05T07:06:30.000Z,int-0001,b-1,int-0001/n;int-0001/e,shown,m,slow,SLOW",
            "2026-01-05T07:08:00.000Z,int-0001,b-1,int-0001/n;int-0001/e,shown,m,slow,STOP",
            "2026-01-05T07:12:00.000Z,int-0001,b-1,int-0001/n;int-0001/e,blank,,,",
            "2026-01-05T07:13:00.000Z,int-0003,b-1,int-0003/n,shown,,,TEST",
        ];
        string[] approaches =
        [
            "start,window,intersection,approach,entered,left,queue_max,queue_mean,delay,travel_speed,speed_ratio,state",
            "2026-01-05T07:05:00Z,60,int-0001,e,1,1,1,1.0,1.0,10.0,0.200,severe",
            "2026-01-05T07:05:00Z,60,int-0001,n,1,1,1,1.0,1.0,10.0,0.350,moderate",
            "2026-01-05T07:05:00Z,60,int-0002,n,1,1,1,1.0,1.0,10.0,0.200,severe",
            "2026-01-05T07:06:00Z,60,int-0001,e,1,1,1,1.0,1.0,10.0,0.200,severe",
            "2026-01-05T07:06:00Z,60,int-0009,e,1,1,1,1.0,1.0,10.0,0.200,severe",
        ];
        string[] faults = ["from,until,device,kind,parameters", "2026-01-05T07:12:00Z,2026-01-05T07:20:00Z,int-0003/board/b-1,wrong,multi=TEST"];

        var score = BoardTruth.Score(WatchingBoard.Read(boards), approaches, faults, Options)!;

        // The third board has a fault and is not judged; the second never warned of its congestion.
        Assert.Equal((2, 1, 1, 2, 1), (score.Boards, score.Warnings, score.Justified, score.Congestions, score.Found));
        Assert.Equal(90, score.MedianDelaySeconds);
        Assert.Equal(3, score.MostChangesInAnHour);

        // No boards, or boards of a record, of which nobody saw what they show.
        Assert.Null(BoardTruth.Score(WatchingBoard.Read(boards[..1]), approaches, faults, Options));
        Assert.Null(BoardTruth.Score(WatchingBoard.Read([boards[0], "2026-01-05T07:00:00.000Z,int-0002,b-1,int-0002/n,,,,"]), approaches, faults, Options));
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("0:A 59:A 59:", 2)]
    [InlineData("0:A 60: 118:B 119:C", 3)]
    [InlineData("0: 10: 20:A 30:B 40:A 79: 80:A", 4)]
    public void Changes_OfAnHour_AreCountedWhereverTheHourBegins(string changes, int most)
    {
        var parts = changes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static c => c.Split(':'));
        var board = new WatchingBoard("int-1", "b-1", [], [.. parts.Select(static p => new BoardChange(long.Parse(p[0], System.Globalization.CultureInfo.InvariantCulture) * 60_000, p[1]))]);

        Assert.Equal(most, board.MostChangesInAnHour);
    }

    [Fact]
    public void Detectors_File_IsReadEvenly()
    {
        string[] lines =
        [
            "start,window,intersection,detector,passed,occupancy,speed,sent_readings,sent_volume,lost_readings,faults",
            .. Enumerable.Range(0, 10).SelectMany(static i => new[]
            {
                $"2026-01-05T07:00:00Z,60,int-{i},d-1,{i},1.00,,1,{i},0,",
                $"2026-01-05T07:01:00Z,60,int-{i},d-1,7,1.00,40.0,0,0,1,silence;half",
            }),
        ];

        var truth = DetectorTruth.Read(() => lines, most: 3);

        Assert.Equal(["int-0", "int-3", "int-6"], truth.Detectors.Keys.Select(static k => k.Intersection));
        Assert.Equal((60_000, 120_000), (truth.Window, truth.Until - truth.From));
        Assert.Equal([(6L, false), (7L, true)], truth.Detectors[("int-6", "d-1")].Select(static w => (w.Passed, w.IsFaulty)));
    }

    [Theory]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults")]
    [InlineData("start,window")]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults\nsoon,60,i,d,1,1,")]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults\n2026-01-05T07:00:00Z,60,i,d,x,1,")]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults\n2026-01-05T07:00:00Z,60,i")]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults\n2026-01-05T07:00:00Z,60,../..,d,1,1,")]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults\n2026-01-05T07:00:00Z,60,i,d?x=#1,1,1,")]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults\n2026-01-05T07:00:00Z,999999999999999999,i,d,1,1,")]
    [InlineData("start,window,intersection,detector,passed,sent_volume,faults\n9999-12-31T23:59:59Z,60,i,d,1,1,")]
    public void Detectors_NoSuchFile_IsWrongUsage(string text) => Assert.Throws<UsageException>(() => DetectorTruth.Read(() => text.Split('\n'), 10));

    private static Episode[] Minutes(params (int From, int Until)[] spans) => [.. spans.Select(static s => new Episode(s.From * 60_000L, s.Until * 60_000L))];
}
