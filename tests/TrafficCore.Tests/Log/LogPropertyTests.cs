using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Log;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Log;

/// <summary>What recovery owes for any log: nothing invented, nothing lost but what was hit, and it goes on.</summary>
public sealed class LogPropertyTests
{
    [Fact]
    public void Log_AnyPrefixOfItsLastSegment_KeepsWhatLiesWhollyInItAndGoesOn()
    {
        var cases =
            from shape in Shapes
            from cut in Gen.Choose(0, 10_000)
            select (shape, cut);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(77, 5), Prop.ForAll(cases.ToArbitrary(), plan =>
        {
            var (files, positions) = Make(plan.shape);
            var last = Segments(files)[^1];
            var bytes = files.Bytes(last.Path);
            var end = last.Base + (plan.cut * (positions[^1] + 8 - last.Base) / 10_000);
            bytes[(int)last.OffsetOf(end)..].Clear();
            var whole = Enumerable.Range(0, plan.shape.Records).Where(number => positions[number] < last.Base || positions[number + 1] - TrailingZeros(number) <= end).ToList();
            using var writer = LogFixture.OpenWriter(files, plan.shape.Options);
            Assert.Equal(whole, LogFixture.ReadAll(writer).Numbers);
            LogFixture.Append(writer, 5_000);
            writer.Commit();
            Assert.Equal(whole.Append(5_000), LogFixture.ReadAll(writer).Numbers);
        }));
    }

    [Fact]
    public void Log_AnySingleCorruption_LosesOneRecordOrBlockAtMostReportsItAndGoesOn()
    {
        var cases =
            from shape in Shapes
            from file in Gen.Choose(0, 1_000)
            from place in Gen.Choose(0, 1_000_000)
            from length in Gen.Choose(1, 24)
            from value in Gen.Choose(1, 255)
            select (shape, file, place, length, value);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(600).WithReplay(78, 5), Prop.ForAll(cases.ToArbitrary(), plan =>
        {
            var (files, positions) = Make(plan.shape);
            var segments = Segments(files);
            var hit = segments[plan.file % segments.Count];
            var bytes = files.Bytes(hit.Path);
            var from = (int)((long)plan.place * (hit.IsPacked ? bytes.Length - plan.length : UsedLength(hit, segments, positions[^1]) - plan.length) / 1_000_000);
            foreach (ref var one in bytes.Slice(from, plan.length))
            {
                one ^= (byte)plan.value;
            }

            using var writer = LogFixture.OpenWriter(files, plan.shape.Options);
            var content = LogFixture.ReadAll(writer);
            var lost = Enumerable.Range(0, plan.shape.Records).Except(content.Numbers).ToList();

            // Only from the file that was hit; from a plain one the two records that 24 bytes can touch, from a packed one two blocks.
            Assert.All(lost, number => Assert.InRange(positions[number], hit.Base, End(hit, segments, positions[^1]) - 1));
            Assert.True(hit.IsPacked || lost.Count <= 2, $"{lost.Count} records lost by {plan.length} bytes.");
            var isTail = lost.Count > 0 && lost[^1] == plan.shape.Records - 1;
            Assert.True(lost.Count == 0 || isTail || content.Gaps.Count > 0, "Lost without a word.");
            Assert.True(!isTail || content.Gaps.Count > 0 || writer.Recovery.TornBytes > 0, "A tail lost without a word.");
            LogFixture.Append(writer, 5_000);
            writer.Commit();
            Assert.Equal(content.Numbers.Append(5_000), LogFixture.ReadAll(writer).Numbers);
        }));
    }

    private static Gen<Shape> Shapes =>
        from records in Gen.Choose(2, 60)
        from segment in Gen.Elements(4096, 8192)
        from block in Gen.Elements(500, 1_500)
        from pack in Gen.Elements(false, true)
        select new Shape(records, segment, block, pack);

    // What is zero anyway can be cut off without a change: the padding, and sometimes the end of the body.
    private static int TrailingZeros(int number) => LogFixture.Sealed(number).Reverse().TakeWhile(static value => value == 0).Count();

    private static long End(Segment segment, IReadOnlyList<Segment> segments, long end) =>
        segments.Where(other => other.Base > segment.Base).Select(static other => other.Base).DefaultIfEmpty(end).Min();

    private static long UsedLength(Segment segment, IReadOnlyList<Segment> segments, long end) => segment.OffsetOf(End(segment, segments, end));

    private static IReadOnlyList<Segment> Segments(ForgetfulFileSystem files) => LogRecovery.Inspect(LogFixture.Directory, files, 0).Segments;

    /// <summary>The log, the position of each record, and last the position behind all.</summary>
    private static (ForgetfulFileSystem Files, List<long> Positions) Make(Shape shape)
    {
        var files = new ForgetfulFileSystem();
        using var writer = LogFixture.OpenWriter(files, shape.Options);
        var positions = new List<long>();
        for (var number = 0; number < shape.Records; number++)
        {
            positions.Add(LogFixture.Append(writer, number));
            writer.Commit();
        }

        positions.Add(writer.End);
        return (files, positions);
    }

    private sealed record Shape(int Records, int SegmentBytes, int BlockBytes, bool Pack)
    {
        public LogOptions Options
        {
            get
            {
                var options = LogFixture.Packed;
                (options.SegmentBytes, options.PackBlockBytes, options.Pack) = (SegmentBytes, BlockBytes, Pack);
                return options;
            }
        }
    }
}
