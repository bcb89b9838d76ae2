using TrafficCore.Log;
using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Pipeline;

/// <summary>Damage in the input log behind the snapshot: skipped, kept aside, and in the ledger of whose readings it hit.</summary>
public sealed class PipelineDamageTests
{
    private const int Rounds = 6;
    private const string Input = PipelineRig.Directory + "/input";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Damage_InARecordsBody_IsCorruptForEachOfItsDevices(int shards)
    {
        var files = await MakeAsync();
        var hit = FindReadings(files)[2];
        Flip(files, hit.Position + RecordHeader.Size + 18);
        var options = PipelineRig.Options(shards);
        await using (var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), options))
        {
            await AssertLedgerAsync(rig, corrupt: 4, bytes: hit.Size);
            await rig.SnapshotAsync();
            await AssertLedgerAsync(rig, corrupt: 4, bytes: hit.Size);
        }

        // The snapshot carries it on, whatever the number of shards.
        var restarted = files.Kill();
        var audit = LedgerAudit.Read(options, restarted);
        Assert.Equal((4, 0), (audit.Corrupt, audit.Unexplained));
        await using var again = await PipelineRig.OpenAsync(restarted, PipelineRig.NewTime(), PipelineRig.Options(shards: 3));
        await AssertLedgerAsync(again, corrupt: 4, bytes: hit.Size);
        foreach (var (intersection, device) in new[] { ("a", "d1"), ("a", "d2"), ("b", "d1"), ("c", "d1") })
        {
            var ledger = (await again.Pipeline.ReadLedgerAsync(intersection, "detector", device))!.Ledger;
            Assert.Equal((Rounds, Rounds - 1, 1, 0), (ledger.Received, ledger.Stored, ledger.Corrupt, ledger.Unexplained));
        }
    }

    [Fact]
    public async Task Damage_InADeviceNumber_IsCorruptWithoutADevice()
    {
        var files = await MakeAsync();
        var hit = FindReadings(files)[2];
        Flip(files, hit.Position + RecordHeader.Size + 11);
        await using var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), PipelineRig.Options());
        await AssertLedgerAsync(rig, corrupt: 4, bytes: hit.Size);
        var ledger = (await rig.Pipeline.ReadLedgerAsync("a", "detector", "d1"))!.Ledger;
        Assert.Equal((Rounds - 1, Rounds - 1, 0, 0), (ledger.Received, ledger.Stored, ledger.Corrupt, ledger.Unexplained));
    }

    [Fact]
    public async Task Damage_ThatLeavesNoHeader_IsCountedInBytesAndTheLedgerBalances()
    {
        var files = await MakeAsync();
        var hit = FindReadings(files)[2];
        Flip(files, hit.Position + 10);
        await using var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), PipelineRig.Options());
        var ledger = await rig.Pipeline.ReadLedgerAsync();
        Assert.Equal((4 * (Rounds - 1), 0, hit.Size, 0), (ledger.Stored, ledger.Corrupt, ledger.CorruptBytes, ledger.Unexplained));
    }

    [Fact]
    public async Task Damage_Found_IsKeptAsideOnceAndReadingsThatComeLaterCount()
    {
        var files = await MakeAsync();
        var hit = FindReadings(files)[2];
        Flip(files, hit.Position + RecordHeader.Size + 18);
        for (var start = 0; start < 2; start++)
        {
            await using var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), PipelineRig.Options());
            await rig.SendAsync(new Sample("a", "d1", PipelineRig.Start + ((Rounds + start) * 1_000), 1_000, 1));
            await rig.SettleAsync();
            Assert.Equal(0, (await rig.Pipeline.ReadLedgerAsync()).Unexplained);
            await rig.DisposeAsync();
            files = files.Kill();
        }

        var kept = Assert.Single(files.ListFiles(PipelineRig.Directory + "/damaged"));
        Assert.Equal($"input-{hit.Position:x16}-{hit.Position + hit.Size:x16}.bytes", kept);
        Assert.Equal(hit.Size, files.Bytes($"{PipelineRig.Directory}/damaged/{kept}").Length);
    }

    private static async Task AssertLedgerAsync(PipelineRig rig, long corrupt, long bytes)
    {
        var ledger = await rig.Pipeline.ReadLedgerAsync();
        Assert.Equal((4 * Rounds, (4 * Rounds) - corrupt, corrupt, bytes, 0, 0), (ledger.Received, ledger.Stored, ledger.Corrupt, ledger.CorruptBytes, ledger.InFlight, ledger.Unexplained));
    }

    private static async Task<ForgetfulFileSystem> MakeAsync()
    {
        var files = new ForgetfulFileSystem();
        var rig = await PipelineRig.OpenAsync(files, PipelineRig.NewTime(), PipelineRig.Options());
        for (var round = 0; round < Rounds; round++)
        {
            var slot = PipelineRig.Start + (round * 1_000L);
            await rig.SendAsync(
                new Sample("a", "d1", slot, 1_000, 1),
                new Sample("a", "d2", slot, 1_000, 2),
                new Sample("b", "d1", slot, 1_000, 3),
                new Sample("c", "d1", slot, 1_000, 4));
        }

        // Killed: no snapshot, so that everything is read again.
        var found = files.Kill();
        await rig.DisposeAsync();
        return found;
    }

    private static List<(long Position, long Size)> FindReadings(ForgetfulFileSystem files)
    {
        var found = new List<(long, long)>();
        using var reader = LogReader.OpenDirectory(Input, files, 0);
        while (reader.Read(out var record) == LogReadStatus.Record)
        {
            if (record.Header.Type == (byte)RecordType.Readings)
            {
                found.Add((record.Position, record.Next - record.Position));
            }
        }

        return found;
    }

    private static void Flip(ForgetfulFileSystem files, long position)
    {
        var segment = LogRecovery.Inspect(Input, files, 0).Segments.Last(segment => segment.Base <= position);
        files.Bytes(segment.Path)[(int)segment.OffsetOf(position)] ^= 0x40;
    }
}
