using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.City;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Pipeline;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;
using TrafficCore.Tests.Pipeline;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.City;

/// <summary>The loop on a real pipeline: readings in, rows of the city out, whatever happens in between.</summary>
public sealed class CityIndexWorkerTests
{
    private const int Rounds = 24;
    private const uint Interval = 20_000;

    private static readonly (string Intersection, string Detector)[] Detectors = [("a", "d1"), ("a", "d2"), ("b", "d1")];

    // Windows leave before the run is over, and nothing comes so late that it matters: after a crash a shard may be ahead of another by all that is read again, in this run 340 s behind the last snapshot.
    private static readonly CityIndexOptions Options = new() { SaveEvery = TimeSpan.FromMilliseconds(1), Keep = TimeSpan.FromMinutes(6) };

    [Fact]
    public async Task Rows_AnyNumberOfShards_AreThoseOfTheReadings()
    {
        foreach (int shards in new[] { 1, 2, 7 })
        {
            var rows = await RunAsync(new ForgetfulFileSystem(), static _ => throw new InvalidOperationException(), shards);
            Assert.Equal(Naive(), rows.Select(row => (row.Key, Math.Round((decimal)row.Value.Dtp, 4), row.Value.Approaches)));
        }
    }

    [Fact]
    public async Task Crash_AtAnyFileOperation_LeavesNoHoleAndMakesNoRevisionTwice()
    {
        var files = new ForgetfulFileSystem();
        var expected = await RunAsync(files, static _ => throw new InvalidOperationException(), shards: 1);
        Assert.Equal((Rounds / 3) + (Rounds / 6), expected.Count);

        // Every third operation: the pipeline itself is tried at every one.
        var points = Enumerable.Range(1, files.Operations / 3).Select(point => point * 3).ToList();

        // How many operations a run needs depends on which records the disk takes together.
        Assert.True(points.Count > 50, $"{points.Count} crashes");
        await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (point, _) =>
        {
            try
            {
                var rows = await RunAsync(new ForgetfulFileSystem().CrashAt(point), crashed => crashed.Restart(seed: point % 5, blockBytes: point % 2 == 0 ? 512 : 8), shards: (point % 3) + 1);
                Assert.Equal(expected, rows);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Crash at operation {point}.", exception);
            }
        });
    }

    [Fact]
    public async Task Start_OutputButNoMemory_BeginsWithWindowsThatCanStillBeCorrected()
    {
        // A data directory of an earlier release: windows, and nothing of the city.
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await RunStepsAsync(rig, time, 0);
        await rig.SettleAsync();
        Assert.DoesNotContain(rig.Outputs(), output => output.CityIndex is not null);

        // Windows end at whole minutes; of those that end after the beginning everything is read.
        var keep = time.GetUtcNow() - DateTimeOffset.FromUnixTimeMilliseconds(PipelineRig.Start).AddMinutes(3.5);
        var pace = NewPace(time.GetUtcNow());
        await using (var worker = NewWorker(rig, files, pace, new CityIndexOptions { Keep = keep }))
        {
            await FinishAsync(rig, worker, pace);
        }

        Assert.Equal([4, 5, 6, 7, 8], rig.Outputs().Select(o => o.CityIndex).OfType<CityIndexRow>().Where(r => r.Length == 60_000).Select(r => (r.Start - PipelineRig.Start + r.Length) / 60_000));
    }

    [Fact]
    public async Task Start_KilledBeforeTheFirstSave_LosesNothingOfOldData()
    {
        // Data of long ago, as a replay brings it: what is older than Keep by the clock is not what cannot be corrected.
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        var options = new CityIndexOptions { SaveEvery = TimeSpan.FromDays(1) };
        ForgetfulFileSystem killed;
        await using (var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options()))
        {
            var pace = NewPace(time.GetUtcNow().AddYears(1));
            await using var worker = NewWorker(rig, files, pace, options);
            await AdvanceUntilAsync(pace, () => files.DirectoryExists("/data/city") && files.ListFiles("/data/city").Any(name => name.EndsWith(".snapshot", StringComparison.Ordinal)));
            await RunStepsAsync(rig, time, 0);
            await rig.SettleAsync();
            killed = files.Kill();
        }

        await using var next = await PipelineRig.OpenAsync(killed, time, PipelineRig.Options());
        var later = NewPace(time.GetUtcNow().AddYears(1));
        await using var again = NewWorker(next, killed, later, options);
        await FinishAsync(next, again, later);
        Assert.Equal((Rounds / 3) + (Rounds / 6), Final(next).Count);
    }

    [Fact]
    public async Task Start_MemoryIsLostOrOfAnotherVersion_GoesOnWithTheRevisionsOfTheOutput()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        await RunStepsAsync(rig, time, 0);

        // Everything is in the output before the first life begins: one that reads along would publish windows and then, rightly, correct them.
        await rig.SettleAsync();
        for (int life = 0; life < 3; life++)
        {
            var pace = NewPace(time.GetUtcNow());
            await using var worker = NewWorker(rig, files, pace, new CityIndexOptions { Keep = TimeSpan.FromHours(1) });
            await FinishAsync(rig, worker, pace);
            foreach (var name in files.ListFiles("/data/city"))
            {
                files.Delete("/data/city/" + name);
            }

            if (life == 1)
            {
                new SnapshotStore("/data/city", files).Save(rig.Pipeline.Output.DurableEnd, writer => writer.Write("M"u8));
            }
        }

        Assert.All(Rows(rig).GroupBy(row => (row.Length, row.Start)), window => Assert.Equal(1, Assert.Single(window).Revision));
    }

    [Fact]
    public async Task Save_DiskRefuses_IsTroubleThatPassesAndTheIndexGoesOn()
    {
        var files = new ForgetfulFileSystem();
        var city = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options());
        var pace = NewPace(time.GetUtcNow());
        city.Refuse(static _ => true);
        await using var worker = NewWorker(rig, city, pace, Options);
        await AdvanceUntilAsync(pace, () => worker.Trouble is not null);
        city.Refuse(static path => path.EndsWith(".tmp", StringComparison.Ordinal));
        await RunStepsAsync(rig, time, 0);
        await rig.SettleAsync();
        await AdvanceUntilAsync(pace, () => worker.Trouble is not null && worker.Position == rig.Pipeline.Output.DurableEnd);
        city.Refuse(null);
        await AdvanceUntilAsync(pace, () => worker.Trouble is null);
        Assert.NotEmpty(city.ListFiles("/data/city"));
        await FinishAsync(rig, worker, pace);
        Assert.Equal((Rounds / 3) + (Rounds / 6), Rows(rig).DistinctBy(row => (row.Length, row.Start)).Count());
    }

    private static ManualTime NewPace(DateTimeOffset start) => new(start) { TimersFire = true };

    private static CityIndexWorker NewWorker(PipelineRig rig, ILogFileSystem files, ManualTime pace, CityIndexOptions options)
    {
        var worker = new CityIndexWorker(options, rig.Pipeline, "/data/city", files, pace, new FreshMeters(), NullLogger<CityIndexWorker>.Instance) { RecordsAStep = 3 };
        worker.Start();
        return worker;
    }

    private static IEnumerable<CityIndexRow> Rows(PipelineRig rig) => rig.Outputs().Select(o => o.CityIndex).OfType<CityIndexRow>();

    private static async Task<SortedDictionary<(long, long), CityIndexRow>> RunAsync(ForgetfulFileSystem files, Func<ForgetfulFileSystem, ForgetfulFileSystem> restart, int shards)
    {
        var time = PipelineRig.NewTime();
        var (done, advance) = (0, true);
        for (int life = 0; ; life++)
        {
            Assert.True(life < 3, "a run without further crashes ends");
            try
            {
                var power = new PowerCutFileSystem(files);
                await using var rig = await PipelineRig.OpenAsync(power, time, PipelineRig.Options(shards + life));
                var pace = NewPace(time.GetUtcNow());
                await using var worker = NewWorker(rig, power, pace, Options);
                (done, var failure) = await RunStepsAsync(rig, time, done, () => pace.Advance(TimeSpan.FromSeconds(1)), advance);
                advance = done == Steps.Count || failure is null;
                if (failure is null)
                {
                    await FinishAsync(rig, worker, pace);
                    return Final(rig);
                }

                Assert.True(files.Crashed, failure.ToString());
            }
            catch (Exception exception) when (files.Crashed && exception is IOException or PipelineFaultedException or TimeoutException)
            {
                // While opening, or the crash took the end.
                advance = advance && done == 0;
            }

            files = restart(files);
        }
    }

    /// <summary>The last revision of each window, its number left out; fails when numbers are missing, doubled or change nothing.</summary>
    private static SortedDictionary<(long, long), CityIndexRow> Final(PipelineRig rig)
    {
        var final = new SortedDictionary<(long, long), CityIndexRow>();
        foreach (var row in Rows(rig))
        {
            var before = final.GetValueOrDefault((row.Length, row.Start));
            Assert.Equal((before?.Revision ?? 0) + 1, row.Revision);
            Assert.NotEqual(before, row with { Revision = row.Revision - 1 });
            final[(row.Length, row.Start)] = row;
        }

        foreach (var (window, row) in final.ToList())
        {
            final[window] = row with { Revision = 0 };
        }

        return final;
    }

    private static async Task FinishAsync(PipelineRig rig, CityIndexWorker worker, ManualTime pace)
    {
        await rig.SettleAsync();
        await AdvanceUntilAsync(pace, () => worker.Position == rig.Pipeline.Output.DurableEnd || worker.Trouble is not null);
        pace.Advance(Options.Wait);

        // What is published last waits for the disk.
        await rig.WhileThereIsPowerAsync(worker.StopAsync(CancellationToken.None));
    }

    private static Task AdvanceUntilAsync(ManualTime pace, Func<bool> condition) => Eventually.ReachesAsync(
        () =>
        {
            pace.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(condition() ? null : "not yet");
        },
        TimeSpan.FromSeconds(20));

    private static readonly IReadOnlyList<PipelineScript.Step> Steps = MakeSteps();

    /// <summary>Eight minutes of three detectors, one of them late by a round now and then, corrections of the first minutes, snapshots; then ticks.</summary>
    private static List<PipelineScript.Step> MakeSteps()
    {
        List<PipelineScript.Step> steps = [new(TimeSpan.FromMilliseconds(1), SendNetworkAsync)];
        for (int round = 0; round < Rounds; round++)
        {
            Sample[] late = round % 5 == 4 ? [Reading(round - 4, 2)] : [];
            Sample[] samples = [.. Enumerable.Range(0, round % 5 == 0 ? 2 : 3).Select(detector => Reading(round, detector)), .. late];
            steps.Add(new(TimeSpan.FromMilliseconds(Interval), rig => rig.SendAsync(samples)));
            steps.Add(new(TimeSpan.FromMilliseconds(100), rig => rig.TickAsync()));
            if (round is 7 or 15)
            {
                steps.Add(new(TimeSpan.Zero, static rig => rig.SnapshotAsync()));
            }
        }

        // The last round of a multiple of five.
        steps.Add(new(TimeSpan.FromSeconds(1), static rig => rig.SendAsync(Reading(Rounds - 4, 2))));
        for (int tick = 0; tick < 8; tick++)
        {
            steps.Add(new(TimeSpan.FromSeconds(20), static rig => rig.TickAsync()));
        }

        return steps;
    }

    private static async Task<(int Done, Exception? Failure)> RunStepsAsync(PipelineRig rig, ManualTime time, int from, Action? after = null, bool advanceFirst = true) =>
        await PipelineScript.RunAsync(
            rig,
            time,
            [
                .. Steps.Select(step => step with
                {
                    Run = async r =>
                    {
                        await step.Run(r);
                        after?.Invoke();
                    },
                }),
            ],
            from,
            advanceFirst);

    private static async Task SendNetworkAsync(PipelineRig rig)
    {
        // With intervals of a third of the shortest window.
        byte[] json = Encoding.UTF8.GetBytes(CityRig.Network.Replace("60000", "20000", StringComparison.Ordinal));
        RoadNetwork network = RoadNetworkParser.Parse(json).Network!;
        if (!rig.Pipeline.Devices.IsInForce(json))
        {
            Assert.True(rig.Pipeline.Devices.TryAppendNetwork(new GroupCommitInputLog(rig.Pipeline.Input), rig.Pipeline.Clock, NetworkFile.Of(json, network), out _));
        }

        await rig.TickAsync();
    }

    private static Sample Reading(int round, int detector) => new(
        Detectors[detector].Intersection, Detectors[detector].Detector, PipelineRig.Start + (round * Interval), Interval, Volume(round, detector), (ushort)Speed(round, detector));

    private static uint Volume(int round, int detector) => (uint)(1 + (((round * 7) + (detector * 3)) % 11));

    private static int Speed(int round, int detector) => 1_000 + (((round * 1_733) + (detector * 997)) % 6_000);

    /// <summary>The index of all distinct readings: start, length, delay-time proportion, approaches.</summary>
    private static IEnumerable<((long, long), decimal, int)> Naive()
    {
        foreach (long length in new[] { 60_000L, 120_000 })
        {
            int rounds = (int)(length / Interval);
            for (int first = 0; first < Rounds; first += rounds)
            {
                var (travel, free) = (0m, 0m);
                for (int detector = 0; detector < 3; detector++)
                {
                    decimal volume = Enumerable.Range(first, rounds).Sum(r => (decimal)Volume(r, detector));
                    decimal speed = Enumerable.Range(first, rounds).Sum(r => (decimal)Volume(r, detector) * Speed(r, detector)) / volume / 100;
                    decimal driven = volume * (detector switch { 0 => 500, 1 => 1000, _ => 400 });
                    travel += driven / Math.Min(60, speed);
                    free += driven / 60;
                }

                yield return ((length, PipelineRig.Start + (first * Interval)), Math.Round(1 - (free / travel), 4), 3);
            }
        }
    }
}
