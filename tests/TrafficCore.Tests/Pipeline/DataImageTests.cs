using TrafficCore.Pipeline.Recovery;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Pipeline;

/// <summary>A pipeline that is opened on a copy of a running one goes on as that one did.</summary>
public sealed class DataImageTests
{
    private static readonly IReadOnlyList<PipelineScript.Step> Steps = PipelineScript.Steps();

    [Fact]
    public async Task Image_OfARunningPipelineAtEveryStep_GoesOnToTheSameBytes()
    {
        var files = new ForgetfulFileSystem();
        var time = PipelineRig.NewTime();
        var images = new List<DataImage>();
        try
        {
            await using (var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options()))
            {
                for (var step = 0; step < Steps.Count; step++)
                {
                    var (_, failure) = await PipelineScript.RunAsync(rig, time, [.. Steps.Take(step + 1)], step, advanceFirst: true);
                    Assert.Null(failure);
                    images.Add(DataImage.Pin(PipelineRig.Directory, files));
                }

                await rig.SettleAsync();
                await rig.StopAsync();
            }

            var expected = PipelineRig.Sequences(OutputLogFile.Read(files));
            for (var step = 0; step < Steps.Count; step += 3)
            {
                var restored = PipelineRig.Sequences(OutputLogFile.Read(await GoOnAsync(images[step], step + 1)));
                Assert.Equal(expected.OrderBy(static s => s.Key), restored.OrderBy(static s => s.Key));
            }
        }
        finally
        {
            images.ForEach(static image => image.Dispose());
        }
    }

    private static async Task<ForgetfulFileSystem> GoOnAsync(DataImage image, int done)
    {
        var files = new ForgetfulFileSystem();
        files.CreateDirectory(PipelineRig.Directory);
        foreach (var (directory, parts) in image.Parts)
        {
            files.CreateDirectory($"{PipelineRig.Directory}/{directory}");
            foreach (var part in parts)
            {
                part.CopyTo($"{PipelineRig.Directory}/{directory}", files);
            }
        }

        var time = PipelineRig.NewTime();
        foreach (var step in Steps.Take(done))
        {
            time.Advance(step.After);
        }

        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options(shards: 3));
        var (_, failure) = await PipelineScript.RunAsync(rig, time, Steps, done, advanceFirst: true);
        Assert.Null(failure);
        await rig.SettleAsync();
        Assert.Equal(0, (await rig.Pipeline.ReadLedgerAsync()).Unexplained);
        await rig.StopAsync();
        return files;
    }
}
