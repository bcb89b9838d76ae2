using System.Text.Json;
using TrafficCore.Benchmarks.Operations;
using TrafficCore.Benchmarks.Timings;

namespace TrafficCore.Tests.Benchmarks;

public sealed class TimingTests
{
    private const string Report = """
        {"Benchmarks":[
         {"Type":"HotOperationBenchmarks","FullName":"TrafficCore.Benchmarks.HotOperationBenchmarks.Run(Operation: \"publish-decode\")","Statistics":{"Mean":1600,"StandardDeviation":32},"Memory":{"BytesAllocatedPerOperation":160}},
         {"Type":"SqliteStoreBenchmarks","FullName":"TrafficCore.Benchmarks.SqliteStoreBenchmarks.Minute","Statistics":{"Mean":6e9,"StandardDeviation":1e8},"Memory":{"BytesAllocatedPerOperation":0}},
         {"Type":"LogAppendBenchmarks","FullName":"TrafficCore.Benchmarks.LogAppendBenchmarks.Append","Statistics":null}]}
        """;

    [Fact]
    public void Timings_OfAReport_AreOfOneItem() => Assert.Equal(
        [new Timing("publish-decode", 16, 100, 2, 10), new Timing("sqlite-minute", 240_000, 25_000, 1e8 / 240_000, 0)],
        Timing.Parse(Report));

    [Fact]
    public void Timings_OfAnotherProgram_AreRefused() => Assert.Throws<JsonException>(static () =>
        Timing.Parse("""{"Benchmarks":[{"Type":"Other","FullName":"Other.Run","Statistics":{"Mean":1,"StandardDeviation":0}}]}"""));

    [Theory]
    [InlineData(100, 1e7, 10.0, true)]
    [InlineData(99.9, 1e7, 10.0, false)]
    [InlineData(100, 1.1e7, 10.0, false)]
    [InlineData(100, 1e7, 9.9, false)]
    public void Goal_EachLimit_IsHeldOrNot(double nanoseconds, double perSecond, double bytes, bool holds) =>
        Assert.Equal(holds, new Goal("publish-decode", "w", nanoseconds, perSecond, bytes).Judge(Timing.Parse(Report)).Holds);

    [Fact]
    public void Goal_NotMeasured_DoesNotHold() => Assert.False(new Goal("line-write", "w").Judge(Timing.Parse(Report)).Holds);

    [Fact]
    public void GoalsFile_EachGoal_IsOfABenchmarkAndWantsSomething()
    {
        var goals = Goal.Read(Path.Combine(House.Repository.Root, "benchmarks", "goals.json"));
        string[] known = [.. HotOperation.CreateAll().Select(static o => o.Name), "log-append", "sqlite-minute"];

        Assert.NotEmpty(goals);
        Assert.All(goals, g => Assert.Contains(g.Operation, known));
        Assert.All(goals, static g => Assert.True(g.MaximumNanoseconds > 0 || g.MinimumPerSecond > 0 || g.MaximumBytes >= 0));
    }
}
