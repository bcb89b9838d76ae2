using TrafficCore.Pipeline.City;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.City;

/// <summary>Whatever the interleaving of intersections, the moments of publication and the crashes: the same final index, without holes and without idle revisions.</summary>
public sealed class CityIndexPropertyTests
{
    private const int Minutes = 40;

    [Fact]
    public void FinalRows_AnyInterleavingAndAnyCrash_AreTheSame()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            var inputs = Publications(seed);
            var undisturbed = new CityRig();
            undisturbed.Output.AddRange(inputs.SelectMany(i => i).Cast<object>());
            Finish(undisturbed);
            undisturbed.AssertRevisions();
            AssertNaive(undisturbed, inputs);
            for (int order = 0; order < 4; order++)
            {
                CityRig rig = Play(inputs, new Random((seed * 10) + order), crashes: order > 1);
                Assert.Equal(undisturbed.Final(), rig.Final());
                rig.AssertRevisions();
            }
        }
    }

    [Fact]
    public void FinalRows_WindowsLeaveWhileCrashesHappen_AreTheSame()
    {
        var options = new CityIndexOptions { Keep = TimeSpan.FromMinutes(10) };
        for (int seed = 0; seed < 60; seed++)
        {
            // One order of the output: what comes too late for its window depends on it.
            var random = new Random(seed);
            List<List<(WindowRecord, long)>> output = [[.. Publications(seed).SelectMany(i => i).OrderBy(i => i.Record.Start + (random.Next(20) * CityRig.Minute))]];
            var undisturbed = new CityRig(options);
            undisturbed.Output.AddRange(output[0].Cast<object>());
            Finish(undisturbed);
            undisturbed.AssertRevisions();
            Assert.True(undisturbed.State.Late > 0, "nothing was late");
            for (int order = 0; order < 4; order++)
            {
                CityRig rig = Play(output, new Random((seed * 10) + order), crashes: true, options);
                Assert.Equal(undisturbed.Final(), rig.Final());
                rig.AssertRevisions();
            }
        }
    }

    /// <summary>What each of two intersections publishes in its own order: minutes and quarters of an hour, and corrections of them.</summary>
    private static List<List<(WindowRecord Record, long ReceivedMs)>> Publications(int seed)
    {
        var random = new Random(seed);
        List<List<(WindowRecord, long)>> all = [];
        foreach (string intersection in new[] { "a", "b" })
        {
            List<(WindowRecord, long)> own = [];
            for (int minute = 0; minute < Minutes; minute++)
            {
                // The first publication comes in order; corrections name any window before.
                own.Add(Window(random, intersection, CityRig.Start + (minute * CityRig.Minute), CityRig.Minute));
                if (minute % 15 == 14)
                {
                    own.Add(Window(random, intersection, CityRig.Start + ((minute - 14) * CityRig.Minute), CityRig.Quarter));
                }

                if (random.Next(3) == 0)
                {
                    own.Add(Window(random, intersection, CityRig.Start + (random.Next(minute + 1) * CityRig.Minute), CityRig.Minute));
                }
            }

            all.Add(own);
        }

        return all;
    }

    private static (WindowRecord, long) Window(Random random, string intersection, long start, long length)
    {
        (string, long, double)[] approaches = [.. new[] { "n", "s" }.Where(_ => random.Next(5) > 0).Select(a => (a, (long)random.Next(1, 40), random.Next(5, 70) + (random.Next(100) / 100.0)))];
        return CityRig.Window(intersection, start, length, approaches);
    }

    private static CityRig Play(List<List<(WindowRecord Record, long ReceivedMs)>> inputs, Random random, bool crashes, CityIndexOptions? options = null)
    {
        var rig = new CityRig(options);
        List<Queue<(WindowRecord, long)>> left = [.. inputs.Select(i => new Queue<(WindowRecord, long)>(i))];
        (byte[], int)? saved = null;
        while (left.Any(queue => queue.Count > 0))
        {
            var queue = left[random.Next(left.Count)];
            for (int count = random.Next(12); count > 0 && queue.TryDequeue(out var next); count--)
            {
                rig.Output.Add(next);
            }

            if (random.Next(2) == 0)
            {
                rig.Step();
                rig.Time.Advance(TimeSpan.FromSeconds(random.Next(90)));
                saved = random.Next(3) == 0 ? rig.Save() : saved;
            }

            if (crashes && random.Next(6) == 0)
            {
                // What was durable is there, read or not; half of the crashes strike between a publication and its being found.
                rig.Read();
                if (random.Next(2) == 0)
                {
                    rig.Output.AddRange(rig.State.Due());
                }

                rig.Restore(saved);
                rig.Read();
            }
        }

        Finish(rig);
        return rig;
    }

    private static void Finish(CityRig rig)
    {
        rig.Step();
        rig.Time.Advance(new CityIndexOptions().Wait);
        rig.Step();
        Assert.Empty(rig.Step());
    }

    /// <summary>The last thing that was said of each approach in each window, summed without any state.</summary>
    private static void AssertNaive(CityRig rig, List<List<(WindowRecord Record, long ReceivedMs)>> inputs)
    {
        var last = new Dictionary<(long, long, string, string), (decimal Driven, decimal Speed)>();
        foreach (var row in inputs.SelectMany(i => i).SelectMany(i => i.Record.Rows).Where(row => row.FreeFlowSpeedCenti is not null))
        {
            decimal metres = (row.Intersection, row.Id) switch { ("a", "n") => 500, ("a", "s") => 1000, _ => 400 };
            last[(row.Length, row.Start, row.Intersection, row.Id)] = (row.Volume!.Value * metres, Math.Min(60m, row.SpeedWeighted / (decimal)row.SpeedVehicles / 100));
        }

        var expected = last.GroupBy(l => (l.Key.Item1, l.Key.Item2)).ToDictionary(
            g => g.Key, g => (Dtp: 1 - (g.Sum(s => s.Value.Driven / 60) / g.Sum(s => s.Value.Driven / s.Value.Speed)), Count: g.Count()));
        var actual = rig.Final();
        Assert.Equal(expected.Keys.Order(), actual.Keys);
        foreach (var (window, row) in actual)
        {
            Assert.Equal((double)expected[window].Dtp, row.Dtp, 2e-6);
            Assert.Equal(expected[window].Count, row.Approaches);
        }
    }
}
