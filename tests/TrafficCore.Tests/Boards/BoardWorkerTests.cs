using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Delivery;
using TrafficCore.TestKit.Pipeline;
using TrafficCore.TestKit.Processes;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.Tests.Boards;

public sealed class BoardWorkerTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly BoardDoubles doubles = new();
    private readonly BoardRig scribe = new();
    private readonly ManualTime time = new(DateTimeOffset.FromUnixTimeMilliseconds(BoardRig.At(2)));
    private readonly FreshMeters meters = new();
    private CancellationTokenSource stop = new();
    private BoardWorker worker = null!;
    private Task loop = Task.CompletedTask;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        meters.Dispose();
        stop.Dispose();
    }

    [Fact]
    public async Task Run_NewDirectory_BeginsAtTheLiveEnd()
    {
        Publish(1, 'B');
        Publish(2, 'B');
        await StartAsync();
        Publish(3, 'G');
        await AdvanceUntilAsync(() => worker.Boards.Any(b => b.JudgedUntil == BoardRig.At(3)) ? null : "not judged");
        Assert.Equal(["open 200"], doubles.Done.Where(d => d.StartsWith("open", StringComparison.Ordinal)));
        Assert.DoesNotContain(doubles.Done, d => d.StartsWith("log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_Decision_IsSavedThenLoggedThenSent()
    {
        await StartAsync();
        await WarnAsync();
        var id = $"congestion-{BoardRig.At(2)}";
        var done = doubles.Done.ToList();
        var logged = done.IndexOf($"log {id}");
        Assert.Equal("save", done[logged - 1]);
        Assert.True(done.IndexOf($"send {BoardRig.Board} {id}") > logged);
    }

    [Fact]
    public async Task Run_BoardLogTakesNothing_ShowsNothing()
    {
        await StartAsync();
        var opens = new TaskCompletionSource();
        doubles.LogOpens = opens.Task;
        Publish(1, 'B');
        Publish(2, 'B');
        await AdvanceUntilAsync(() => doubles.Document is { } d && System.Text.Encoding.UTF8.GetString(d).Contains("congestion-", StringComparison.Ordinal) ? null : "not decided");
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.DoesNotContain(doubles.Done, d => d.Contains("congestion-", StringComparison.Ordinal));
        opens.SetResult();
        await AdvanceUntilAsync(() => doubles.Done.Any(d => d.StartsWith($"send {BoardRig.Board} congestion-", StringComparison.Ordinal)) ? null : "not sent");
    }

    [Fact]
    public async Task Run_MemoryCannotBeSaved_StillWarnsAndTriesAgain()
    {
        doubles.RefuseSaves = true;
        var failures = meters.Count("trafficcore.boards.save_failures");
        await StartAsync();
        await WarnAsync();
        Assert.True(failures() > 0);
        doubles.RefuseSaves = false;
        await AdvanceUntilAsync(() => doubles.Done.Contains("save") ? null : "not saved");
    }

    [Fact]
    public async Task Command_MemoryCannotBeSaved_IsNotTakenAndShowsNothing()
    {
        await StartAsync();
        doubles.RefuseSaves = true;
        var (result, board) = await CommandAsync("CLOSED");
        Assert.Equal((BoardCommandResult.NotTaken, null), (result, board!.Manual));
        Assert.DoesNotContain(doubles.Done, d => d.Contains("manual-", StringComparison.Ordinal));

        doubles.RefuseSaves = false;
        (result, board) = await CommandAsync("CLOSED");
        Assert.Equal((BoardCommandResult.Done, "CLOSED"), (result, board!.Message.Multi));
        var done = doubles.Done.ToList();
        Assert.True(done.LastIndexOf("save") < done.FindIndex(d => d.StartsWith("log manual-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Command_WithoutWaitingForTheNextLook_IsAnswered()
    {
        await StartAsync();
        Assert.Equal(BoardCommandResult.Done, (await CommandAsync("CLOSED")).Result);
        Assert.Equal(BoardCommandResult.Done, (await worker.Desk.ReleaseAsync(BoardRig.Board, "li", CancellationToken.None).WaitAsync(Deadline)).Result);
        Assert.Equal(BoardCommandResult.UnknownBoard, (await worker.Desk.ReleaseAsync(new BoardKey("x", "y"), null, CancellationToken.None).WaitAsync(Deadline)).Result);
        Assert.Equal(2, doubles.Done.Count(d => d.StartsWith("log", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Command_LoopHasEnded_IsNotTaken()
    {
        await StartAsync();
        await StopAsync();
        Assert.Equal(BoardCommandResult.NotTaken, (await CommandAsync("CLOSED")).Result);
    }

    [Fact]
    public async Task Restart_AfterAKill_KeepsCommandAndWarningUnderTheirIds()
    {
        await StartAsync();
        await WarnAsync();
        await CommandAsync("CLOSED");
        var shown = worker.Boards.Single(b => b.Definition.Key == BoardRig.Board).Message;
        var document = doubles.Document;

        // The kill: nothing of the end of the loop reaches the disk.
        await StopAsync();
        doubles.Document = document;
        await StartAsync();
        await AdvanceUntilAsync(() => doubles.Done.Count(d => d == $"send {BoardRig.Board} {shown.Id}") > 1 ? null : "not sent again");
        var board = worker.Boards.Single(b => b.Definition.Key == BoardRig.Board);
        Assert.Equal((shown.Id, "SLOW TRAFFIC"), (board.Message.Id, TrafficCore.Boards.Multi.MultiString.JoinText(board.Otherwise!.Multi, "|").Split('|')[0]));

        // What was not yet known to be in the log is logged again: the same decision, which is the same point.
        Assert.Equal(2, doubles.Done.Where(d => d.StartsWith("log", StringComparison.Ordinal)).Distinct().Count());
    }

    [Fact]
    public async Task Send_TransportFails_SendsWithTheNextLook()
    {
        doubles.RefuseMessages = true;
        var failures = meters.Count("trafficcore.boards.send_failures");
        await StartAsync();
        await AdvanceUntilAsync(() => failures() > 0 ? null : "no failure");
        doubles.RefuseMessages = false;
        await AdvanceUntilAsync(() => doubles.Done.Contains($"send {BoardRig.Board} blank") ? null : "not sent");
    }

    [Fact]
    public async Task Report_Status_IsKeptAndConfirms()
    {
        await StartAsync();
        worker.Report(BoardRig.Board, new BoardStatus("blank", "blank", "", null, null));
        await AdvanceUntilAsync(() => worker.Boards.Any(b => b.Delivery == BoardDelivery.Confirmed) ? null : "not confirmed");
        Assert.Contains("status blank", doubles.Done);
    }

    private async Task StartAsync()
    {
        worker = new BoardWorker(BoardRig.Options(), doubles, doubles, doubles, doubles, time, meters, NullLogger<BoardWorker>.Instance);
        worker.Configure(BoardRig.Network());
        stop = new CancellationTokenSource();
        loop = Task.Run(() => worker.RunAsync(stop.Token));
        await AdvanceUntilAsync(() => worker.Boards.Count == 3 ? null : "no boards");
    }

    private async Task StopAsync()
    {
        await stop.CancelAsync();
        await loop.WaitAsync(Deadline);
    }

    private async Task WarnAsync()
    {
        Publish(1, 'B');
        Publish(2, 'B');
        await AdvanceUntilAsync(() => doubles.Done.Any(d => d.StartsWith($"send {BoardRig.Board} congestion-", StringComparison.Ordinal)) ? null : "not sent");
    }

    private Task<(BoardCommandResult Result, BoardSnapshot? Board)> CommandAsync(string multi) =>
        worker.Desk.CommandAsync(BoardRig.Board, new ManualMessage(multi, 11, 0, BoardRig.At(600), "li", null), CancellationToken.None).WaitAsync(Deadline);

    private void Publish(long minute, char state) => doubles.Publish(scribe.Window("int-1", minute, ("n", Minute.Of(state))));

    /// <summary>Lets the clock run a quarter of a second at a time until something is so.</summary>
    private Task AdvanceUntilAsync(Func<string?> probe) => Eventually.ReachesAsync(
        () =>
        {
            time.Advance(TimeSpan.FromMilliseconds(250));
            return Task.FromResult(loop.IsFaulted ? loop.Exception!.ToString() : probe());
        },
        Deadline);
}
