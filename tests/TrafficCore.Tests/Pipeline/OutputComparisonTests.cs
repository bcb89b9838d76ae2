using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Replay;
using TrafficCore.TestKit.Log;

namespace TrafficCore.Tests.Pipeline;

public sealed class OutputComparisonTests
{
    private static readonly (string Intersection, long Cause, int Ordinal, int Content)[] Recorded =
    [
        ("a", 8, 0, 1), ("b", 8, 0, 2), ("a", 16, 0, 3), ("a", 16, 1, 4), ("b", 24, 0, 5), ("a", 40, 0, 6),
    ];

    [Fact]
    public void Comparison_OtherOrderOfIntersections_IsEqual() =>
        Assert.Equal(new ReplayDifferences(6, 0, 0, 0), Compare(Recorded, [.. Recorded.OrderBy(static o => o.Intersection)]));

    [Fact]
    public void Comparison_EachKindOfDifference_IsCounted()
    {
        (string, long, int, int)[] recomputed = [("a", 8, 0, 1), ("b", 8, 0, 9), ("a", 16, 0, 3), ("b", 16, 0, 7), ("b", 24, 0, 5), ("c", 32, 0, 1), ("a", 40, 0, 6)];
        Assert.Equal(new ReplayDifferences(Equal: 4, Changed: 1, Missing: 1, Added: 2), Compare(Recorded, recomputed));
    }

    [Fact]
    public void Comparison_WhatTheServiceHasNotAnyMoreOrNotYet_IsNoDifference()
    {
        // Outputs before 16 are deleted, and at 24 the service was looked at; what was before input position 8 is in neither.
        var recorded = Recorded[2..5].Prepend(("a", 0, 0, 1));
        Assert.Equal(new ReplayDifferences(3, 0, 0, 0), Compare(recorded, Recorded));
    }

    [Fact]
    public void Comparison_OutputsThatNoInputCaused_AreLeftOut() =>
        Assert.Equal(new ReplayDifferences(6, 0, 0, 0), Compare([("a", OutputHead.Outside, 0, 1), .. Recorded], Recorded));

    private static ReplayDifferences Compare(IEnumerable<(string, long, int, int)> recorded, IEnumerable<(string, long, int, int)> recomputed)
    {
        var files = new ForgetfulFileSystem();
        using var left = Open(files, "/recorded", recorded);
        using var right = Open(files, "/recomputed", recomputed);
        using var leftReader = left.OpenReader(0);
        using var rightReader = right.OpenReader(0);
        return OutputComparison.Run(leftReader, rightReader, from: 8);
    }

    private static LogWriter Open(ForgetfulFileSystem files, string directory, IEnumerable<(string Intersection, long Cause, int Ordinal, int Content)> outputs)
    {
        var log = LogWriter.Open(directory, new LogOptions { Name = "output", SegmentBytes = 64 * 1024, PrepareInline = true }, files, static () => 1);
        var body = new BodyWriter();
        foreach (var output in outputs)
        {
            body.Clear();
            OutputHeadCodec.Write(body, new OutputHead(output.Cause, output.Ordinal, output.Intersection));
            body.FixedInt32(output.Content);
            log.Append((byte)RecordType.Window, 1, 0, 1000, 10, body.Written);
        }

        log.Commit();
        return log;
    }
}
