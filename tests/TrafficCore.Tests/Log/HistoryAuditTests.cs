using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>Whatever is done to sealed segments behind the log's back is named; what the log itself does is not.</summary>
public sealed class HistoryAuditTests
{
    private const int Records = 80;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_Untouched_IsProvedToItsHead(bool pack)
    {
        var files = MakeLog(pack);
        var report = HistoryAudit.Verify(LogFixture.Directory, files);
        Assert.Empty(report.Problems);
        Assert.True(report.Verified > 3);
        Assert.Equal(Chain(files).Links.Count, report.Verified);
        Assert.Equal(report.SealedEnd, Segments(files).First(segment => segment.Base >= report.SealedEnd).Base);
        Assert.Equal(new string('0', 64), report.Anchor);
    }

    [Fact]
    public void History_PackedOrNot_HasTheSameChain() =>
        Assert.Equal(HistoryAudit.Verify(LogFixture.Directory, MakeLog(pack: false)).Head, HistoryAudit.Verify(LogFixture.Directory, MakeLog(pack: true)).Head);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_AnySealedByteChanged_NamesTheSegment(bool pack)
    {
        var files = MakeLog(pack);
        foreach (var link in Chain(files).Links)
        {
            var segment = Find(files, link);
            var bytes = files.Bytes(segment.Path);
            var (from, to) = segment.IsPacked ? (PackedHeader.Size, PackedHeader.Size + 400) : ((int)segment.OffsetOf(link.Base), (int)segment.OffsetOf(link.End));
            for (var offset = from; offset < to; offset += 41)
            {
                bytes[offset] ^= 4;
                AssertProblem(files, HistoryProblemKind.Changed, segment);
                bytes[offset] ^= 4;
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_RecordReplacedByAnotherWithRightChecksum_NamesTheSegment(bool pack)
    {
        // What a CRC can't tell: somebody who knows the format and rewrites the log with one reading less.
        var files = MakeLog(pack);
        var forged = MakeLog(pack, number => number == 3 ? 103 : number);
        var segment = Find(files, Chain(files).Links[0]);
        files.Replace(segment.Path, forged.Bytes(segment.Path));
        Assert.Contains(103, LogFixture.ReadDirectory(files).Numbers);
        AssertProblem(files, HistoryProblemKind.Changed, segment);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_SegmentRemoved_NamesIt(bool pack)
    {
        foreach (var link in Chain(MakeLog(pack)).Links)
        {
            var files = MakeLog(pack);
            files.Delete(Find(files, link).Path);
            var problem = Assert.Single(HistoryAudit.Verify(LogFixture.Directory, files).Problems);
            Assert.Equal(new HistoryProblem(HistoryProblemKind.Removed, Segment.NameOf(link.Sequence, link.Base), link.Base, link.End), problem);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_SegmentsExchanged_NamesBoth(bool pack)
    {
        var files = MakeLog(pack);
        var (first, second) = (Find(files, Chain(files).Links[1]), Find(files, Chain(files).Links[2]));
        var (one, other) = (files.Bytes(first.Path).ToArray(), files.Bytes(second.Path).ToArray());
        files.Replace(first.Path, other);
        files.Replace(second.Path, one);
        var problems = HistoryAudit.Verify(LogFixture.Directory, files).Problems;
        Assert.Equal([Path.GetFileName(first.Path), Path.GetFileName(second.Path)], problems.Select(static problem => problem.Subject));
        Assert.All(problems, static problem => Assert.Equal(HistoryProblemKind.Exchanged, problem.Kind));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_SegmentTruncated_NamesIt(bool pack)
    {
        var files = MakeLog(pack);
        var link = Chain(files).Links[1];
        var segment = Find(files, link);
        var whole = files.Bytes(segment.Path).ToArray();
        var length = segment.IsPacked ? whole.Length : (int)segment.OffsetOf(link.End);
        for (var cut = 1; cut < length - PackedHeader.Size; cut += 97)
        {
            files.Replace(segment.Path, whole.AsSpan(0, length - cut));
            AssertProblem(files, HistoryProblemKind.Truncated, segment);
        }
    }

    [Fact]
    public void History_SegmentInserted_NamesIt()
    {
        var files = MakeLog(pack: true);
        var link = Chain(files).Links[1];
        var bytes = files.Bytes(Find(files, link).Path).ToArray();

        // In the middle of a sealed one it would end that one early for every reader.
        var name = Segment.NameOf(99, link.Base + 8);
        files.Replace($"{LogFixture.Directory}/{name}", bytes);
        var problem = Assert.Single(HistoryAudit.Verify(LogFixture.Directory, files).Problems);
        Assert.Equal((HistoryProblemKind.Inserted, name), (problem.Kind, problem.Subject));
    }

    [Fact]
    public void History_ChainTakenAway_IsNoProof()
    {
        var files = MakeLog(pack: true);
        files.Delete($"{LogFixture.Directory}/{ChainFile.Name}");
        Assert.Equal(HistoryProblemKind.ChainMissing, Assert.Single(HistoryAudit.Verify(LogFixture.Directory, files).Problems).Kind);
    }

    [Fact]
    public void History_AnyBitOfTheChainFlipped_IsNoProof()
    {
        var files = MakeLog(pack: true);
        var bytes = files.Bytes($"{LogFixture.Directory}/{ChainFile.Name}");

        // Behind magic and format, where a flip says "newer program".
        for (var offset = 8; offset < bytes.Length; offset++)
        {
            bytes[offset] ^= 16;
            Assert.Equal(HistoryProblemKind.ChainDamaged, Assert.Single(HistoryAudit.Verify(LogFixture.Directory, files).Problems).Kind);
            bytes[offset] ^= 16;
        }
    }

    [Fact]
    public void History_LinkRewrittenWithItsSegment_BreaksTheChainBehindIt()
    {
        var files = MakeLog(pack: false);
        var forged = MakeLog(pack: false, number => number == 3 ? 103 : number);
        var chain = Chain(files);
        files.Replace(Find(files, chain.Links[0]).Path, forged.Bytes(Find(forged, chain.Links[0]).Path));
        (chain with { Links = [Chain(forged).Links[0], .. chain.Links.Skip(1)] }).Save(LogFixture.Directory, files);
        var problem = Assert.Single(HistoryAudit.Verify(LogFixture.Directory, files).Problems);
        Assert.Equal((HistoryProblemKind.ChainAltered, chain.Links[1].Base), (problem.Kind, problem.From));
    }

    [Fact]
    public void History_AllRewritten_IsFoundByAHeadThatWasNotedDown()
    {
        var noted = Chain(MakeLog(pack: true)).Links[2].Hash;
        Assert.Empty(HistoryAudit.Verify(LogFixture.Directory, MakeLog(pack: true), noted).Problems);
        var forged = MakeLog(pack: true, number => number == 3 ? 103 : number);
        Assert.Empty(HistoryAudit.Verify(LogFixture.Directory, forged).Problems);
        var problem = Assert.Single(HistoryAudit.Verify(LogFixture.Directory, forged, noted).Problems);
        Assert.Equal((HistoryProblemKind.HeadUnknown, Convert.ToHexStringLower(noted)), (problem.Kind, problem.Subject));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void History_OldestDeletedByRetention_IsExplainedByTheAnchor(bool pack)
    {
        var files = MakeLog(pack);
        var before = Chain(files);
        using (var writer = LogFixture.OpenWriter(files, Options(pack)))
        {
            writer.RetainFrom(before.Links[2].Base);
            Assert.Equal(before.Links[2].Base, writer.Start);
        }

        AssertExplained(files, before.Links[1]);
        using (LogFixture.OpenWriter(files, Options(pack)))
        {
            // Opening folds what is gone into the anchor; the next thing that is written then says so on disk.
        }

        AssertExplained(files, before.Links[1]);
    }

    [Fact]
    public void History_RetentionWhileNothingIsSealedYet_LinksWhatItDeletes()
    {
        var files = new ForgetfulFileSystem();
        var options = LogFixture.Options;
        options.PrepareInline = false;
        using (var writer = LogFixture.OpenWriter(files, options))
        {
            for (var number = 0; number < Records; number++)
            {
                LogFixture.Append(writer, number);
                writer.Commit();
                writer.RetainFrom(writer.DurableEnd);
            }
        }

        var report = HistoryAudit.Verify(LogFixture.Directory, files);
        Assert.Empty(report.Problems);
        Assert.Equal(Segments(files)[0].Base, report.SealedEnd);
    }

    [Fact]
    public void History_OfALogWithoutChain_BeginsWhereTheLogDoes()
    {
        // As an earlier release left it.
        var files = MakeLog(pack: false);
        files.Delete($"{LogFixture.Directory}/{ChainFile.Name}");
        using (var writer = LogFixture.OpenWriter(files, Options(pack: true)))
        {
            Assert.Equal(Enumerable.Range(0, Records), LogFixture.ReadAll(writer).Numbers);
        }

        var report = HistoryAudit.Verify(LogFixture.Directory, files);
        Assert.Empty(report.Problems);
        Assert.Equal(HistoryAudit.Verify(LogFixture.Directory, MakeLog(pack: true)).Head, report.Head);
    }

    [Fact]
    public void Log_WithADamagedChain_OpensReportsItAndBeginsANewOne()
    {
        var files = MakeLog(pack: true);
        files.Bytes($"{LogFixture.Directory}/{ChainFile.Name}")[40] ^= 1;
        var faults = new List<LogFaultKind>();
        using (LogFixture.OpenWriter(files, Options(pack: true), fault => faults.Add(fault.Kind)))
        {
            Assert.Equal([LogFaultKind.ChainDamaged], faults);
        }

        Assert.Empty(HistoryAudit.Verify(LogFixture.Directory, files).Problems);
    }

    [Fact]
    public void Log_RewoundIntoASealedSegment_CutsTheChainThere()
    {
        var files = MakeLog(pack: true);
        using (var writer = LogFixture.OpenWriter(files, Options(pack: true)))
        {
            var links = Chain(files).Links;
            writer.Rewind(LogFixture.ReadAll(writer).Records.Last(record => record.Position < links[^1].End).Position);
            Assert.True(Chain(files).End <= links[^1].Base);
            for (var number = 200; number < 200 + Records; number++)
            {
                LogFixture.Append(writer, number);
                writer.Commit();
            }
        }

        Assert.Empty(HistoryAudit.Verify(LogFixture.Directory, files).Problems);
        Assert.Empty(LogFixture.ReadDirectory(files).Gaps);
    }

    private static void AssertExplained(ForgetfulFileSystem files, ChainLink last)
    {
        var report = HistoryAudit.Verify(LogFixture.Directory, files, last.Hash);
        Assert.Empty(report.Problems);
        Assert.Equal(Segments(files).Count(segment => Chain(files).Links.Any(link => link.Sequence == segment.Sequence)), report.Verified);
    }

    private static void AssertProblem(ForgetfulFileSystem files, HistoryProblemKind kind, Segment segment)
    {
        var problem = Assert.Single(HistoryAudit.Verify(LogFixture.Directory, files).Problems);
        Assert.Equal((kind, Path.GetFileName(segment.Path), segment.Base), (problem.Kind, problem.Subject, problem.From));
    }

    private static Segment Find(ForgetfulFileSystem files, ChainLink link) => Segments(files).Single(segment => segment.Sequence == link.Sequence);

    private static ChainFile Chain(ForgetfulFileSystem files) => ChainFile.Read(LogFixture.Directory, files, out _)!;

    private static IReadOnlyList<Segment> Segments(ForgetfulFileSystem files) => LogRecovery.Inspect(LogFixture.Directory, files, 0).Segments;

    private static LogOptions Options(bool pack)
    {
        var options = LogFixture.Packed;
        options.Pack = pack;
        return options;
    }

    private static ForgetfulFileSystem MakeLog(bool pack, Func<int, int>? number = null)
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files, Options(pack));
        for (var i = 0; i < Records; i++)
        {
            LogFixture.Append(writer, number?.Invoke(i) ?? i);
            writer.Commit();
        }

        return files;
    }
}
