using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Pipeline;

public sealed class PipelineReplayTests
{
    private static readonly IReadOnlyList<PipelineScript.Step> Steps = PipelineScript.Steps();

    [Fact]
    public async Task Restart_AtEveryStepWithAnotherShardCount_MakesTheSameBytesPerIntersection()
    {
        var (files, expected) = await UndisturbedAsync(shards: 1);
        Assert.Equal(PipelineScript.Stored(), expected.Stored);
        int[] counts = [2, 7, 1];
        for (var from = 0; from < Steps.Count; from += 3)
        {
            var other = new ForgetfulFileSystem();
            var time = PipelineRig.NewTime();
            for (var i = 0; i < Steps.Count; i++)
            {
                // From one step on every step is a life of its own, ended by a kill.
                if (i == 0 || i >= from)
                {
                    other = other.Kill();
                }

                var last = i < from ? from : i + 1;
                await using var rig = await PipelineRig.OpenAsync(other, time, PipelineRig.Options(counts[i % counts.Length]));
                var (done, failure) = await PipelineScript.RunAsync(rig, time, [.. Steps.Take(last)], i, advanceFirst: true);
                Assert.Null(failure);
                Assert.Equal(last, done);
                i = last - 1;
                if (last == Steps.Count)
                {
                    await rig.SettleAsync();
                    var ledger = await rig.Pipeline.ReadLedgerAsync();
                    Assert.Equal((expected.Received, expected.Stored, expected.Duplicate), (ledger.Received, ledger.Stored, ledger.Duplicate));
                    Assert.Equal(0, ledger.Unexplained);
                }
            }

            AssertSame(files, other);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Replay_OfOneLogFromItsStart_MakesTheSameBytesPerIntersection(int shards)
    {
        var (files, expected) = await UndisturbedAsync(shards: 2);
        var other = files.Kill();
        foreach (var directory in new[] { "/output", "/state", "/snapshots" })
        {
            foreach (var file in other.ListFiles(PipelineRig.Directory + directory))
            {
                other.Delete($"{PipelineRig.Directory}{directory}/{file}");
            }
        }

        await using var rig = await PipelineRig.OpenAsync(other, PipelineRig.NewTime(), PipelineRig.Options(shards));

        AssertSame(files, other);
        var ledger = await rig.Pipeline.ReadLedgerAsync();
        Assert.Equal((expected.Received, expected.Stored, expected.Duplicate), (ledger.Received, ledger.Stored, ledger.Duplicate));
    }

    private static async Task<(ForgetfulFileSystem Files, TrafficCore.Pipeline.Ledger.LedgerSnapshot Ledger)> UndisturbedAsync(int shards)
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options(shards));
        var (_, failure) = await PipelineScript.RunAsync(rig, time, Steps, from: 0, advanceFirst: true);
        Assert.Null(failure);
        await rig.SettleAsync();
        var ledger = await rig.Pipeline.ReadLedgerAsync();
        Assert.Equal(0, ledger.Unexplained);
        await rig.StopAsync();
        return (files, ledger);
    }

    private static void AssertSame(ForgetfulFileSystem expected, ForgetfulFileSystem actual)
    {
        var wanted = PipelineRig.Sequences(OutputLogFile.Read(expected));
        var found = PipelineRig.Sequences(OutputLogFile.Read(actual));
        Assert.Equal(wanted.Keys.Order(), found.Keys.Order());
        foreach (var (intersection, sequence) in wanted)
        {
            Assert.Equal(sequence, found[intersection]);
        }
    }
}
