using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Rules;
using TrafficCore.Boards.Windows;

namespace TrafficCore.Tests.Boards;

/// <summary>What holds for every input, tried with many hostile ones from fixed seeds.</summary>
public sealed class BoardPropertyTests
{
    private const string Letters = "SSBB-GG?xcDDqqf";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Decisions_AnyInterleavingOfIntersections_AreTheSame(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var streams = new[] { "int-1", "int-2" }.Select(i => Stream(i, random)).ToArray();
            string? expected = null;
            for (var order = 0; order < 6; order++)
            {
                var log = Run(streams, order == 0 ? null : new Random((seed * 1000) + (round * 10) + order));
                expected ??= log;
                Assert.Equal(expected, log);
            }

            Assert.NotEqual("", expected);
        }
    }

    [Fact]
    public void Decisions_HostileWindows_KeepMinimumTimesExpiryAndTheHourlyLimit()
    {
        var random = new Random(7);
        var most = 0;
        for (var round = 0; round < 60; round++)
        {
            var options = round % 2 == 0 ? new BoardsOptions() : new BoardsOptions { Rules = [Nervous("a", 8, random), Nervous("b", 9, random)] };
            options.MaxInputAge = TimeSpan.FromMinutes(5);
            var rig = new BoardRig(options);
            for (var minute = 1; minute <= 240; minute++)
            {
                // Sometimes whole minutes are missing, so that messages expire by windows and by the clock.
                if (random.Next(10) > 0)
                {
                    rig.Publish("int-1", minute, ("n", Minute.Of(Hostile(minute, random))), ("s", Minute.Of(Hostile(minute + 1, random))));
                    rig.Publish("int-2", minute, ("n", Minute.Of(Hostile(minute, random))));
                }

                rig.Judge(minute);
                rig.Expire(minute);
                AssertNothingExpiredIsShown(rig, minute);
            }

            foreach (var board in rig.Decisions.GroupBy(d => d.Message.Board))
            {
                var times = board.Select(d => d.Time).ToList();
                Assert.Equal(times.Order().Distinct(), times);
                most = Math.Max(most, times.Max(t => times.Count(o => o > t - (60 * BoardRig.Length) && o <= t)));
            }
        }

        // The bound is reached and never passed.
        Assert.Equal(6, most);
    }

    [Fact]
    public void Decisions_RegularRushHour_ComesNowhereNearTheLimit()
    {
        var rig = new BoardRig();
        for (var minute = 1; minute <= 180; minute++)
        {
            // Slower and slower, an hour of congestion, and back, with a platoon now and then.
            var ratio = 1 - (0.8 * Math.Sin(Math.PI * minute / 180)) + (minute % 7 == 0 ? 0.05 : 0);
            rig.Publish("int-1", minute, ("n", new Minute(Math.Round(ratio, 3))));
            rig.Judge(minute);
        }

        var own = rig.Decisions.Where(d => d.Message.Board == BoardRig.Board).ToList();
        Assert.Equal(["slow", "severe", "slow", "slow"], own.Select(d => d.Message.Reason.Step));
        Assert.Equal(["entered", "escalated", "eased", "cleared"], own.Select(d => d.Message.Reason.Because));
        Assert.DoesNotContain(own, d => d.Message.Reason.Held == "change-limit");
    }

    [Fact]
    public void Decisions_NearTheLimit_HoldTheWarningWhileThereIsDataAndSaySo()
    {
        var rig = new BoardRig(BoardRig.Options(Nervous("a", 8, new Random(1))));
        for (var minute = 1; minute <= 70; minute++)
        {
            rig.Publish("int-1", minute, ("n", Minute.Of("BG"[(minute + 1) % 2])));
            rig.Judge(minute);
            if (minute == 30)
            {
                Assert.Equal(("upheld", "change-limit"), (rig.Snapshot(BoardRig.Board).Message.Reason.Because, rig.Snapshot(BoardRig.Board).Message.Reason.Held));
            }
        }

        // The sixth change would leave no room to warn again: it waits until the third of the hour before has passed.
        Assert.Equal(new[] { 1, 2, 3, 4, 5, 62, 63, 64, 65 }.Select(m => BoardRig.At(m)), rig.Decisions.Where(d => d.Message.Board == BoardRig.Board).Select(d => d.Time));
    }

    [Fact]
    public void Decisions_MinimumTimes_AreKept()
    {
        var random = new Random(21);
        for (var round = 0; round < 40; round++)
        {
            var options = BoardRig.Options(BoardRig.Rule(r => (r.EnterWindows, r.ExitWindows, r.Steps) = (1, 1, [r.Steps[0]])));
            options.MaxChangesPerHour = 3600;
            var rig = new BoardRig(options);
            for (var minute = 1; minute <= 200; minute++)
            {
                rig.Publish("int-1", minute, ("n", Minute.Of("BG"[random.Next(2)])));
                rig.Judge(minute);
            }

            var own = rig.Decisions.Where(d => d.Message.Board == BoardRig.Board).ToList();
            foreach (var (from, to) in own.Zip(own.Skip(1)))
            {
                Assert.True(to.Time - from.Time >= (from.State == "commanded" ? 3 : 2) * BoardRig.Length, $"{from.Time} {from.State} {to.Time}");
            }
        }
    }

    [Fact]
    public void Candidates_AnyOrderOfAsking_HaveOneWinner()
    {
        var random = new Random(5);
        for (var round = 0; round < 500; round++)
        {
            List<Candidate> candidates =
            [
                .. Enumerable.Range(0, random.Next(1, 8)).Select(i => Candidate($"r{i}", random.Next(1, 4), random.Next(3))),
                .. random.Next(2) == 0 ? new[] { Candidate("manual", random.Next(1, 4), random.Next(3)) } : [],
            ];
            var ranking = candidates.Order().Select(c => c.Source).ToList();
            for (var shuffle = 0; shuffle < 5; shuffle++)
            {
                var shuffled = candidates.ToArray();
                random.Shuffle(shuffled);
                Assert.Equal(ranking, shuffled.Order().Select(c => c.Source));
            }

            foreach (var (a, b) in from a in candidates from b in candidates select (a, b))
            {
                Assert.Equal(Math.Sign(a.CompareTo(b)), -Math.Sign(b.CompareTo(a)));
                Assert.Equal(ReferenceEquals(a, b), a.CompareTo(b) == 0);
            }
        }
    }

    private static Candidate Candidate(string source, int priority, long since) =>
        new(source, "x", "TEXT", priority, since, 0, 0, new BoardReason { Rule = source, Because = "entered" });

    /// <summary>A rule that would change with every window.</summary>
    private static BoardRule Nervous(string name, int priority, Random random) => new()
    {
        Name = name,
        EnterWindows = 1,
        ExitWindows = 1,
        MinimumOn = TimeSpan.Zero,
        MinimumOff = TimeSpan.Zero,
        Expiry = TimeSpan.FromMinutes(random.Next(2, 6)),
        Steps =
        [
            new RuleStep { Name = "one", Priority = priority, Text = [name], When = new RuleCondition { SpeedRatio = new RuleThresholds { Enter = 0.5, Exit = 0.67 } } },
            new RuleStep { Name = "two", Priority = priority + 1, Text = [name + name], When = new RuleCondition { SpeedRatio = new RuleThresholds { Enter = 0.3, Exit = 0.4 } } },
        ],
    };

    private static char Hostile(int minute, Random random) => random.Next(4) == 0 ? Letters[random.Next(Letters.Length)] : "SSGGBBGG"[minute % 8];

    private static void AssertNothingExpiredIsShown(BoardRig rig, int minute)
    {
        Assert.All(rig.Director.Snapshot(BoardRig.At(minute)), b => Assert.True(b.Message.Expires is not { } expires || expires > BoardRig.At(minute)));
        Assert.All(rig.Director.TakeDue(BoardRig.At(minute)), m => Assert.True(m.Expires is not { } expires || expires > BoardRig.At(minute)));
    }

    /// <summary>One intersection's publications in the order in which it makes them: windows, some left out, corrections, late first publications.</summary>
    private static List<(string Intersection, long End, (string, Minute)[] States)> Stream(string intersection, Random random)
    {
        List<(string, long, (string, Minute)[])> stream = [];
        for (var minute = 1L; minute <= 40; minute++)
        {
            if (minute is > 2 and < 39 && random.Next(8) == 0)
            {
                continue;
            }

            stream.Add((intersection, minute, States(intersection, random, 1)));
            while (random.Next(3) == 0)
            {
                stream.Add((intersection, Math.Max(1, minute - random.Next(4)), States(intersection, random, 2)));
            }
        }

        return stream;
    }

    private static (string, Minute)[] States(string intersection, Random random, int revision) =>
        [.. (intersection == "int-1" ? new[] { "n", "s" } : ["n"]).Where(_ => random.Next(10) > 0).Select(a => (a, Minute.Of(Letters[random.Next(Letters.Length)]) with { Revision = revision }))];

    private static string Run(List<(string Intersection, long End, (string, Minute)[] States)>[] streams, Random? random)
    {
        var rig = new BoardRig();
        var next = new int[streams.Length];
        while (next.Zip(streams).Any(s => s.First < s.Second.Count))
        {
            // Without a random: one intersection after the other, judged at the end, as a reader that comes late would.
            var stream = random is null ? Array.FindIndex(streams, s => next[Array.IndexOf(streams, s)] < s.Count) : random.Next(streams.Length);
            if (next[stream] < streams[stream].Count)
            {
                var (intersection, end, states) = streams[stream][next[stream]++];
                rig.Publish(intersection, end, states);
            }

            if (random?.Next(3) == 0)
            {
                rig.Judge(0);
            }
        }

        rig.Judge(0);
        return rig.Log();
    }
}
