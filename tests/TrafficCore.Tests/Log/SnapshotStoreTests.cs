using System.Buffers;
using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

public sealed class SnapshotStoreTests
{
    private const string Place = "/data/snapshots";

    [Theory]
    [InlineData(512)]
    [InlineData(8)]
    public void Save_PowerLossAtEveryOperation_LatestIsWholeAndNotOlderThanTheLastSaved(int blockBytes)
    {
        var undisturbed = new ForgetfulFileSystem();
        Assert.Equal(5, SaveAll(undisturbed));
        for (var crash = 1; crash <= undisturbed.Operations; crash++)
        {
            var files = new ForgetfulFileSystem().CrashAt(crash);
            var saved = SaveAll(files);
            for (var seed = 0; seed < 12; seed++)
            {
                CheckAtLeast(files.Restart(seed, blockBytes), saved);
            }

            CheckAtLeast(files.Kill(), saved);
        }
    }

    [Theory]
    [InlineData(FileOperation.Create)]
    [InlineData(FileOperation.Write)]
    [InlineData(FileOperation.Sync)]
    [InlineData(FileOperation.Rename)]
    [InlineData(FileOperation.SyncDirectory)]
    public void Save_NthOperationFails_EarlierSnapshotStays(FileOperation kind)
    {
        var opening = new ForgetfulFileSystem();
        _ = new SnapshotStore(Place, opening);
        var undisturbed = new ForgetfulFileSystem();
        SaveAll(undisturbed);
        for (var number = opening.CountOf(kind) + 1; number <= undisturbed.CountOf(kind); number++)
        {
            var files = new ForgetfulFileSystem().Fail(kind, number);
            var store = new SnapshotStore(Place, files);
            var saved = 0;
            for (var state = 1; state <= 5; state = saved + 1)
            {
                try
                {
                    store.Save(state * 8, writer => writer.Write(Content(state)));
                    saved = state;
                }
                catch (IOException)
                {
                    CheckAtLeast(files.Restart(state), saved);
                }
            }

            Assert.Equal(5, saved);
            CheckAtLeast(files.Restart(0), 5);
        }
    }

    [Fact]
    public void TryLoadLatest_AnyBitOfTheNewestFlipped_FallsBackToTheOlder()
    {
        var files = new ForgetfulFileSystem();
        SaveAll(files);
        var newest = Path.Combine(Place, files.ListFiles(Place)[^1]);
        for (var i = 0; i < Content(5).Length + SealedFile.HeaderSize; i++)
        {
            // A changed version field with its checksum not changed along is damage, too.
            files.Bytes(newest)[i] ^= 0x10;
            var store = new SnapshotStore(Place, files);
            Assert.True(store.TryLoadLatest(out var position, out var content));
            Assert.Equal(4 * 8, position);
            Assert.Equal(Content(4), content);
            Assert.Single(store.Damaged);
            files.Bytes(newest)[i] ^= 0x10;
        }
    }

    [Fact]
    public void Save_Often_KeepsTheLastTwo()
    {
        var files = new ForgetfulFileSystem();
        SaveAll(files);
        Assert.Equal(2, files.ListFiles(Place).Count);
        Assert.Equal(4 * 8, new SnapshotStore(Place, files).OldestPosition);
    }

    [Fact]
    public void Open_ReadOnly_ChangesNothing()
    {
        var files = new ForgetfulFileSystem();
        SaveAll(files);
        files.Create(Place + "/being-written.tmp", 8).Dispose();
        var operations = files.Operations;
        var store = new SnapshotStore(Place, files, readOnly: true);
        Assert.True(store.TryLoadLatest(out var position, out _));
        Assert.Equal((5 * 8, operations), (position, files.Operations));
        Assert.Throws<InvalidOperationException>(() => store.Save(1, _ => { }));
        Assert.False(new SnapshotStore("/nowhere", files, readOnly: true).TryLoadLatest(out _, out _));
    }

    [Fact]
    public void Save_ContentInManyPieces_IsReadBackAsOne()
    {
        var files = new ForgetfulFileSystem();
        var random = new Random(3);
        var expected = new List<byte>();
        new SnapshotStore(Place, files).Save(8, writer =>
        {
            for (var i = 0; i < 40; i++)
            {
                var piece = new byte[random.Next(1, 300_000 / (i + 1))];
                random.NextBytes(piece);
                expected.AddRange(piece);
                writer.Write(piece);
            }
        });
        Assert.True(new SnapshotStore(Place, files.Restart(0)).TryLoadLatest(out _, out var content));
        Assert.Equal(expected, content);
    }

    [Fact]
    public void Cursor_PowerLossAtEveryOperation_IsTheLastSavedOrTheOneBegun()
    {
        for (var crash = 1; ; crash++)
        {
            var files = new ForgetfulFileSystem().CrashAt(crash);
            var (saved, begun) = (0L, 0L);
            try
            {
                var cursor = new CursorFile(Place, "sqlite", files);
                for (begun = 8; begun <= 40; begun += 8)
                {
                    cursor.Save(begun);
                    saved = begun;
                }
            }
            catch (SimulatedCrash)
            {
            }

            for (var seed = 0; seed < 8; seed++)
            {
                var found = new CursorFile(Place, "sqlite", files.Restart(seed, 8));
                Assert.False(found.Damaged);
                Assert.True(found.Position == saved || found.Position == begun, $"{found.Position} is neither {saved} nor {begun}.");
            }

            if (!files.Crashed)
            {
                return;
            }
        }
    }

    [Fact]
    public void Cursor_Damaged_StartsOverAndSaysSo()
    {
        var files = new ForgetfulFileSystem();
        new CursorFile(Place, "influx", files).Save(4096);
        files.Bytes(Place + "/influx.cursor")[9] ^= 1;
        var cursor = new CursorFile(Place, "influx", files);
        Assert.Equal((true, 0L), (cursor.Damaged, cursor.Position));
    }

    private static byte[] Content(int state) => [.. Enumerable.Range(0, 100 * state).Select(i => (byte)((i * state) + 1))];

    private static int SaveAll(ForgetfulFileSystem files)
    {
        var saved = 0;
        try
        {
            var store = new SnapshotStore(Place, files);
            for (var state = 1; state <= 5; state++)
            {
                store.Save(state * 8, writer => writer.Write(Content(state)));
                saved = state;
            }
        }
        catch (SimulatedCrash)
        {
        }

        return saved;
    }

    private static void CheckAtLeast(ForgetfulFileSystem files, int saved)
    {
        var store = new SnapshotStore(Place, files);
        var loaded = store.TryLoadLatest(out var position, out var content);
        Assert.Equal(saved > 0 || loaded, loaded);
        Assert.True(position >= saved * 8);

        // The one to fall back on is there, too: nothing is deleted before the new name is durable.
        Assert.True(files.ListFiles(Place).Count >= Math.Min(saved, 2));
        if (loaded)
        {
            Assert.Equal(Content((int)position / 8), content);
            Assert.Empty(store.Damaged);
        }
    }
}
