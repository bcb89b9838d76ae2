using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Boards;
using TrafficCore.Boards.Arbitration;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Windows;
using TrafficCore.Host.Boards;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Boards;

public sealed class BoardMemoryTests
{
    private const string Place = "/data/boards";

    private readonly ForgetfulFileSystem files = new();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Restart_AfterAnyWindow_DecidesAsIfNothingHappened(int seed)
    {
        var random = new Random(seed);
        var scribe = new BoardRig();
        List<BoardWindow> windows =
        [
            .. from minute in Enumerable.Range(1, 40)
               from intersection in new[] { "int-1", "int-2" }
               select scribe.Window(intersection, minute, ("n", Minute.Of("SBBGG-?DDqf"[random.Next(11)])), ("s", Minute.Of("BG-?Dqq"[random.Next(7)]))),
        ];
        var undisturbed = new BoardRig();
        windows.ForEach(undisturbed.Director.Observe);
        undisturbed.Judge(0);

        for (var kill = 0; kill <= windows.Count; kill += 3)
        {
            var first = new BoardRig();
            windows.Take(kill).ToList().ForEach(first.Director.Observe);
            if (random.Next(2) == 0)
            {
                first.Judge(0);
            }

            var position = kill == 0 ? 0 : windows[kill - 1].Next;
            var memory = Copy(first.Director.Remember(position, first.Decisions));

            var second = new BoardRig(configure: false);
            second.Decisions.AddRange(memory.Unlogged);
            second.Director.Restore(memory);
            second.Director.Configure(BoardRig.Network(), 0);
            windows.SkipWhile(w => w.Position < memory.Cursor).ToList().ForEach(second.Director.Observe);
            second.Judge(0);
            Assert.Equal(undisturbed.Log(), second.Log());
        }
    }

    [Fact]
    public void Restart_MessageIsShown_ComesAgainUnderItsIdAndIsNoDecision()
    {
        var first = Shown();
        var message = Assert.Single(first.Director.TakeDue(0), m => m.Board == BoardRig.Board);
        var second = Restart(first);
        Assert.Empty(second.Judge(2));
        Assert.Equal(message.Id, Assert.Single(second.Director.TakeDue(0), m => m.Board == BoardRig.Board).Id);
    }

    [Fact]
    public void Restart_ManualMessage_IsStillThereUntilItExpires()
    {
        var first = Shown();
        first.Director.Command(BoardRig.Board, new ManualMessage("BRIDGE CLOSED", 11, BoardRig.At(3), BoardRig.At(20), "li", null));
        first.Collect();
        var second = Restart(first);
        Assert.Equal(("BRIDGE CLOSED", "li"), (second.Snapshot(BoardRig.Board).Message.Multi, second.Snapshot(BoardRig.Board).Manual!.Author));
        Assert.Equal(BoardRig.At(20), Assert.Single(second.Expire(25)).Time);
    }

    [Fact]
    public void Restart_MessageExpiredMeanwhile_IsBlankedAtItsTime()
    {
        var options = BoardRig.Options();
        options.MaxInputAge = TimeSpan.FromMinutes(5);
        var second = Restart(Shown(), options);
        var blank = Assert.Single(second.Expire(60));
        Assert.Equal((BoardRig.At(7), "expired", true), (blank.Time, blank.Message.Reason.Because, blank.Message.Reason.ByClock));
    }

    [Fact]
    public void Restart_BoardIsNoLongerKnown_IsDropped()
    {
        var memory = Copy(Shown().Director.Remember(0, []));
        var second = new BoardRig(configure: false);
        second.Director.Restore(memory);
        second.Director.Configure(BoardRig.Network(BoardRig.NetworkJson.Replace("b-1", "b-9", StringComparison.Ordinal)), 0);
        Assert.Equal("", second.Snapshot(new BoardKey("int-1", "b-9")).Message.Multi);
        Assert.Empty(second.Judge(2));
    }

    [Theory]
    [InlineData("{\"version\":1,\"boards\":\"of another shape\"}")]
    [InlineData("{\"version\":3}")]
    [InlineData("{\"version\":3,\"memory\":{\"cursor\":1,\"boards\":[null,{}]}}")]
    [InlineData("{\"version\":")]
    [InlineData("null")]
    public void Document_OtherVersionOrDamaged_IsIgnored(string document)
    {
        Assert.Null(DirectorMemoryJson.Read(Encoding.UTF8.GetBytes(document), out var problem));
        Assert.NotNull(problem);
        var store = new BoardStore(Place, files, NullLogger.Instance);
        store.Save(writer => writer.Write(Encoding.UTF8.GetBytes(document)));
        Assert.Null(new MemoryKeeper(store, NullLogger.Instance).Load());
    }

    [Fact]
    public void TrySave_Memory_IsLoadedByTheNextProcess()
    {
        var memory = Shown().Director.Remember(700, []);
        Assert.True(new MemoryKeeper(new BoardStore(Place, files, NullLogger.Instance), NullLogger.Instance).TrySave(memory));
        var loaded = new MemoryKeeper(new BoardStore(Place, files, NullLogger.Instance), NullLogger.Instance).Load()!;
        Assert.Equal(Text(memory), Text(loaded));
    }

    private static BoardRig Shown()
    {
        var rig = new BoardRig();
        rig.Publish("int-1", 1, ("n", Minute.Of('B')));
        rig.Publish("int-1", 2, ("n", Minute.Of('B')));
        Assert.Single(rig.Judge(2), d => d.Message.Board == BoardRig.Board);
        return rig;
    }

    private static BoardRig Restart(BoardRig first, BoardsOptions? options = null)
    {
        var second = new BoardRig(options, configure: false);
        second.Director.Restore(Copy(first.Director.Remember(long.MaxValue, [])));
        second.Director.Configure(BoardRig.Network(), 0);
        return second;
    }

    private static DirectorMemory Copy(DirectorMemory memory)
    {
        var copy = DirectorMemoryJson.Read(Document(memory), out var problem);
        Assert.Null(problem);
        Assert.Equal(Text(memory), Text(copy!));
        return copy!;
    }

    private static string Text(DirectorMemory memory) => Encoding.UTF8.GetString(Document(memory));

    private static ReadOnlySpan<byte> Document(DirectorMemory memory)
    {
        var document = new ArrayBufferWriter<byte>();
        DirectorMemoryJson.Write(document, memory);
        return document.WrittenSpan;
    }
}
