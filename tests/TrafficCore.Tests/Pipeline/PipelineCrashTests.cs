using TrafficCore.Pipeline;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Pipeline;

namespace TrafficCore.Tests.Pipeline;

public sealed class PipelineCrashTests
{
    private static readonly IReadOnlyList<PipelineScript.Step> Steps = PipelineScript.Steps();

    private static readonly int[] ShardCounts = [1, 2, 7];

    [Fact]
    public async Task Crash_AtEveryFileOperation_CountsEachAcknowledgedReadingOnceInRowsEqualToAnUndisturbedRun()
    {
        var files = new ForgetfulFileSystem();
        var expected = await RunAsync(files, static _ => new ForgetfulFileSystem(), shards: 1);
        Assert.True(expected.Rows.Count > 40, "the script makes rows");
        Assert.Equal(PipelineScript.Volume(), expected.Volume);

        // Two at a time: as many as the machine that runs the tests may have.
        var points = Enumerable.Range(1, files.Operations);
        await Parallel.ForEachAsync(points, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (point, _) =>
        {
            try
            {
                var result = await RunAsync(new ForgetfulFileSystem().CrashAt(point), crashed => Restart(crashed, point), shards: point);
                Assert.Empty(expected.Rows.Except(result.Rows));
                Assert.Empty(result.Rows.Except(expected.Rows));
                Assert.Equal(expected.Packets, result.Packets);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Crash at operation {point}.", exception);
            }
        });
    }

    // Every third recovery loses power again while it recovers.
    private static ForgetfulFileSystem Restart(ForgetfulFileSystem crashed, int point)
    {
        var files = crashed.Restart(seed: point % 5, blockBytes: point % 2 == 0 ? 512 : 8);
        return point % 3 == 0 ? files.CrashAt(1 + (point % 17)) : files;
    }

    private static async Task<Result> RunAsync(ForgetfulFileSystem files, Func<ForgetfulFileSystem, ForgetfulFileSystem> restart, int shards)
    {
        var time = PipelineRig.NewTime();
        var done = 0;
        var advance = true;
        for (var life = 0; ; life++)
        {
            Assert.True(life < 4, "a run without further crashes ends");
            try
            {
                await using var rig = await PipelineRig.OpenAsync(new PowerCutFileSystem(files), time, PipelineRig.Options(ShardCounts[(shards + life) % ShardCounts.Length]));
                (done, var failure) = await PipelineScript.RunAsync(rig, time, Steps, done, advance);
                advance = done == Steps.Count || failure is null;
                if (failure is null)
                {
                    return await FinishAsync(rig, files);
                }

                Assert.True(files.Crashed, failure.ToString());
            }
            catch (Exception exception) when (files.Crashed && exception is IOException or PipelineFaultedException)
            {
                // While opening, or the crash took the stop.
                advance = advance && done == 0;
            }

            files = life == 0 ? restart(files) : files.Restart(seed: life);
        }
    }

    private static async Task<Result> FinishAsync(PipelineRig rig, ForgetfulFileSystem files)
    {
        await rig.SettleAsync();
        var ledger = await rig.Pipeline.ReadLedgerAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, ledger.Unexplained);
        Assert.Equal(0, ledger.InFlight);
        Assert.Equal(PipelineScript.Stored(), ledger.Stored);
        var outputs = rig.Outputs();
        Assert.Equal(PipelineScript.Observations(), PipelineRig.Observations(outputs));
        var result = new Result(
            PipelineRig.FinalRows(outputs), PipelineRig.FinalVolume(outputs, 60_000), rig.Pipeline.ReceivedPackets.Find("client"));
        OutputLogFile.Read(files).AssertOrdered();
        await rig.StopAsync();
        return result;
    }

    private sealed record Result(SortedDictionary<string, string> Rows, long Volume, IReadOnlyList<ushort> Packets);
}
