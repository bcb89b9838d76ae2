using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Rules;
using TrafficCore.Host.Boards;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Boards;

public sealed class BoardMemoryTests
{
    private const long Minute = 60_000;
    private const long T0 = 1_700_000_040_000;
    private const string Place = "/data/boards";

    private static readonly ApproachKey North = new("int-1", "n");

    private readonly ForgetfulFileSystem files = new();

    [Fact]
    public void Restart_BetweenTheThresholds_KeepsTheWarningUnderItsId()
    {
        var (first, keeper) = Process(T0);
        first.Observe(BoardDirectorTests.Row(North, T0 - Minute, occupancy: 40));
        var warning = Assert.Single(first.Evaluate(T0));
        keeper.Save();

        var (second, _) = Process(T0 + Minute);
        second.Observe(BoardDirectorTests.Row(North, T0, occupancy: 30));
        var again = Assert.Single(second.Evaluate(T0 + Minute));
        Assert.Equal((warning.Id, warning.Multi, warning.Priority), (again.Id, again.Multi, again.Priority));
        Assert.Equal(("upheld", 30.0), (again.Reason.Because, again.Reason.Evidence!.Value));
        Assert.Equal(T0, Assert.Single(second.Snapshot(T0 + Minute)).Since);
        Assert.Empty(second.Evaluate(T0 + Minute + 1000));
    }

    [Fact]
    public void Restart_StillBad_DoesNotEnterAgain()
    {
        var (first, keeper) = Process(T0);
        first.Observe(BoardDirectorTests.Row(North, T0 - Minute, occupancy: 40));
        var warning = Assert.Single(first.Evaluate(T0));
        keeper.Save();

        var (second, _) = Process(T0 + Minute);
        second.Observe(BoardDirectorTests.Row(North, T0, occupancy: 50));
        var again = Assert.Single(second.Evaluate(T0 + Minute));
        Assert.Equal((warning.Id, "upheld"), (again.Id, again.Reason.Because));
    }

    [Fact]
    public void Restart_MinimumTimes_GoOn()
    {
        var (first, keeper) = Process(T0);
        first.Observe(BoardDirectorTests.Row(North, T0 - Minute, occupancy: 40));
        first.Evaluate(T0);
        keeper.Save();

        // 2 minutes on: one before the restart, one after it.
        var (second, keeper2) = Process(T0 + Minute);
        second.Observe(BoardDirectorTests.Row(North, T0, occupancy: 5));
        Assert.NotEqual("", Assert.Single(second.Evaluate(T0 + Minute)).Multi);
        Assert.Equal("cleared", Assert.Single(second.Evaluate(T0 + (2 * Minute))).Reason.Because);
        keeper2.Save();

        // 1 minute off, with a restart in it.
        var (third, _) = Process(T0 + (2 * Minute) + 1000);
        third.Observe(BoardDirectorTests.Row(North, T0 + Minute, occupancy: 60));
        Assert.Equal(("", "cleared"), (Assert.Single(third.Evaluate(T0 + (2 * Minute) + 1000)) is var blank ? blank.Multi : null, blank.Reason.Because));
        Assert.Empty(third.Evaluate(T0 + (3 * Minute) - 1));
        Assert.NotEqual("", Assert.Single(third.Evaluate(T0 + (3 * Minute))).Multi);
    }

    [Fact]
    public void Restart_MessageExpiredMeanwhile_IsDropped()
    {
        var (first, keeper) = Process(T0);
        first.Observe(BoardDirectorTests.Row(North, T0 - Minute, occupancy: 40));
        first.Evaluate(T0);
        keeper.Save();

        var (second, _) = Process(T0 + (5 * Minute));
        Assert.Equal(("", "idle"), (Assert.Single(second.Evaluate(T0 + (5 * Minute))) is var blank ? blank.Multi : null, blank.Reason.Because));
    }

    [Fact]
    public void Restart_BoardIsNoLongerKnown_IsDropped()
    {
        var (first, keeper) = Process(T0);
        first.Observe(BoardDirectorTests.Row(North, T0 - Minute, occupancy: 40));
        first.Evaluate(T0);
        keeper.Save();

        var other = BoardDirectorTests.Board() with { Key = new BoardKey("int-1", "b-2") };
        var (second, _) = Process(T0 + 1000, other);
        var blank = Assert.Single(second.Evaluate(T0 + 1000));
        Assert.Equal((other.Key, "idle"), (blank.Board, blank.Reason.Because));
    }

    [Fact]
    public void Document_RoundTrip_SaysTheSame()
    {
        var (director, _) = Process(T0);
        director.Observe(BoardDirectorTests.Row(North, T0 - Minute, occupancy: 40));
        director.Evaluate(T0);
        var memory = director.Remember();

        var read = DirectorMemoryJson.Read(DirectorMemoryJson.Write(memory), out var problem);
        Assert.Null(problem);
        var (was, now) = (Assert.Single(memory.Boards), Assert.Single(read!.Boards));
        Assert.Equal((was.Message, was.Since), (now.Message, now.Since));
        Assert.Equal(was.Rules, now.Rules);
    }

    [Theory]
    [InlineData("{\"version\":2,\"boards\":\"of another shape\"}")]
    [InlineData("{\"version\":1}")]
    [InlineData("{\"version\":1,\"memory\":{\"boards\":[null,{}]}}")]
    [InlineData("{\"version\":")]
    [InlineData("null")]
    public void Document_NewerOrDamaged_IsIgnored(string document)
    {
        Assert.Null(DirectorMemoryJson.Read(Encoding.UTF8.GetBytes(document), out var problem));
        Assert.NotNull(problem);
        Store().Save(Encoding.UTF8.GetBytes(document));
        var (director, _) = Process(T0);
        Assert.Equal("idle", Assert.Single(director.Evaluate(T0)).Reason.Because);
    }

    [Fact]
    public void Save_NothingChanged_WritesNothing()
    {
        var (director, keeper) = Process(T0);
        director.Observe(BoardDirectorTests.Row(North, T0 - Minute, occupancy: 40));
        director.Evaluate(T0);
        keeper.Save();
        var operations = files.Operations;
        director.Evaluate(T0 + 1000);
        keeper.Save();
        Assert.Equal(operations, files.Operations);
    }

    private BoardStore Store() => new(Place, files, NullLogger.Instance);

    /// <summary>What a process has after its start, on the disk that the one before left.</summary>
    private (BoardDirector Director, MemoryKeeper Keeper) Process(long now, BoardDefinition? board = null)
    {
        var rule = new BoardRule { Name = "dense", Enter = 35, Exit = 25, Text = ["DENSE AT {approach}"] };
        var director = new BoardDirector(new BoardsOptions { Rules = [rule] });
        var keeper = new MemoryKeeper(director, Store(), NullLogger.Instance);
        keeper.Restore();
        director.Configure([board ?? BoardDirectorTests.Board()], now);
        return (director, keeper);
    }
}
