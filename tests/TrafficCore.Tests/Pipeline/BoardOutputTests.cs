using TrafficCore.Pipeline.Output;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Pipeline;

/// <summary>What boards put into the output log, beside what the shards make.</summary>
public sealed class BoardOutputTests
{
    private static readonly BoardDecisionRecord Decision = new(
        "a", "b-1", PipelineRig.Start, "congestion-1", "[jp3]SLOW", 8, "congestion", "commanded", PipelineRig.Start + 300_000, null, "{\"rule\":\"congestion\"}");

    private static readonly BoardDecisionRecord Manual = Decision with { Time = 7, Message = "", Priority = null, Expires = null, State = "blanked", Author = "li", Reason = "{}" };

    private static readonly BoardStatusRecord Status = new("a", "b-1", PipelineRig.Start + 5, null, "failed", null, "lamp 7");

    [Fact]
    public void Codec_AllFieldsOrNone_ReadBackEqual()
    {
        var writer = new BodyWriter();
        foreach (var decision in new[] { Decision, Manual })
        {
            writer.Clear();
            BoardRecordCodec.Encode(writer, decision);
            Assert.Equal(decision, BoardRecordCodec.DecodeDecision(writer.Written));
            Assert.Equal(new OutputHead(OutputHead.Outside, 0, "a"), OutputHeadCodec.Decode(writer.Written));
        }

        var body = writer.Written.ToArray();
        for (var length = 0; length < body.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => BoardRecordCodec.DecodeDecision(body.AsSpan(0, length)));
        }

        foreach (var status in new[] { Status, Status with { Id = "m", Message = "[jp3]X", Error = null } })
        {
            writer.Clear();
            BoardRecordCodec.Encode(writer, status);
            Assert.Equal(status, BoardRecordCodec.DecodeStatus(writer.Written));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Append_BetweenWindows_IsDurableAndChangesNothingOfWhatShardsMake(int shards)
    {
        var steps = PipelineScript.Steps();
        var undisturbed = await RunAsync(new ForgetfulFileSystem(), steps, boards: false, shards);
        var files = new ForgetfulFileSystem();
        var withBoards = await RunAsync(files, steps, boards: true, shards);
        Assert.Equal(undisturbed, withBoards);

        // A crash, and a recovery that makes the same outputs again: the boards' records are still there, once.
        files = files.Kill();
        await using var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), PipelineRig.Options(shards));
        await rig.SettleAsync();
        var outputs = rig.Outputs();
        Assert.Equal(steps.Count, outputs.Count(o => o.BoardDecision is not null));
        Assert.Equal(Decision, outputs.First(o => o.BoardDecision is not null).BoardDecision);
        Assert.Equal(Status, outputs.First(o => o.BoardStatus is not null).BoardStatus);
        Assert.Equal(outputs.Select(o => o.Position).Distinct().Count(), outputs.Count);
    }

    [Fact]
    public async Task Append_PipelineHasStopped_FailsAtOnce()
    {
        var rig = await PipelineRig.OpenAsync(new ForgetfulFileSystem(), PipelineRig.NewTime(), PipelineRig.Options());
        await rig.StopAsync();
        await Assert.ThrowsAnyAsync<InvalidOperationException>(() => rig.Pipeline.Boards.AppendAsync([Decision], [], CancellationToken.None));
    }

    [Fact]
    public async Task OpenReader_ReceivedFrom_PassesOverWhatIsOlder()
    {
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(new ForgetfulFileSystem(), time, PipelineRig.Options());
        await rig.Pipeline.Boards.AppendAsync([Decision], [], CancellationToken.None);
        time.Advance(TimeSpan.FromMinutes(10));
        await rig.Pipeline.Boards.AppendAsync([Manual], [], CancellationToken.None);
        using var reader = rig.Pipeline.Output.OpenReader(rig.Pipeline.Output.Start, PipelineRig.Start + 1);
        Assert.Equal(OutputReadStatus.Record, reader.Read(out var record));
        Assert.Equal(Manual, record.BoardDecision);
        Assert.Equal(OutputReadStatus.End, reader.Read(out _));
    }

    private static async Task<string> RunAsync(ForgetfulFileSystem files, IReadOnlyList<PipelineScript.Step> steps, bool boards, int shards)
    {
        var time = PipelineRig.NewTime();
        await using var rig = await PipelineRig.OpenAsync(files, time, PipelineRig.Options(shards));
        for (var i = 0; i < steps.Count; i++)
        {
            time.Advance(steps[i].After);
            await steps[i].Run(rig);
            if (boards)
            {
                await rig.Pipeline.Boards.AppendAsync([Decision with { Time = Decision.Time + i }], [Status with { ReceivedMs = Status.ReceivedMs + i }], CancellationToken.None);
            }
        }

        await rig.SettleAsync();
        return string.Join('\n', PipelineRig.FinalRows(rig.Outputs()).Select(row => $"{row.Key} {row.Value}"));
    }
}
