using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Storage.Influx;

public sealed class DeliveryTests
{
    private readonly InfluxOptions options = new() { RetryDelay = TimeSpan.FromSeconds(1), MaxRetryDelay = TimeSpan.FromSeconds(8), MaxRetryAfter = TimeSpan.FromMinutes(5) };
    private readonly InstantTime time = new(DateTimeOffset.UnixEpoch);
    private readonly SinkProgress progress = new(new MemoryOutput(), TimeProvider.System);

    [Fact]
    public async Task Retrying_FailuresThenDone_WaitsLongerEachTimeUpToTheBound()
    {
        Script inner = new(6, new SendOutcome(SendResult.Retry, "503"));

        SendOutcome outcome = await Retrying(inner).SendAsync(Points(1).All, CancellationToken.None);

        Assert.Equal(SendResult.Done, outcome.Result);
        Assert.Equal(6, time.Waits.Count);
        double[] bounds = [1, 2, 4, 8, 8, 8];
        Assert.All(time.Waits.Zip(bounds), wait => Assert.InRange(wait.First.TotalSeconds, wait.Second / 2, wait.Second));
        Assert.Equal("503", progress.Trouble);
    }

    [Theory]
    [InlineData(7, 7)]
    [InlineData(0, 1)]
    [InlineData(86_400, 300)]
    public async Task Retrying_RetryAfter_IsObeyedWithinBounds(int asked, int waited)
    {
        Script inner = new(1, new SendOutcome(SendResult.Retry, "429", TimeSpan.FromSeconds(asked)));

        await Retrying(inner).SendAsync(Points(1).All, CancellationToken.None);

        Assert.Equal([TimeSpan.FromSeconds(waited)], time.Waits);
    }

    [Fact]
    public async Task Retrying_Rejected_IsNotTriedAgain()
    {
        Script inner = new(1, new SendOutcome(SendResult.Rejected, "400"));

        SendOutcome outcome = await Retrying(inner).SendAsync(Points(1).All, CancellationToken.None);

        Assert.Equal(SendResult.Rejected, outcome.Result);
        Assert.Empty(time.Waits);
    }

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 3, 4, 99 })]
    [InlineData(new[] { 0, 50, 51, 52, 98 })]
    public async Task Isolating_BadPointsAnywhere_RefusesThemAloneAndDeliversTheRest(int[] bad)
    {
        HashSet<string> refused = [];
        Selective inner = new(bad, maxPoints: int.MaxValue);
        IsolatingSender sender = new(inner, (points, _) => Assert.True(points.Count == 1 && refused.Add(Text(points))));

        await sender.SendAsync(Points(100).All, CancellationToken.None);

        Assert.Equal(100 - bad.Length, inner.Delivered.Count);
        Assert.Equal(bad.Select(Line).Order(StringComparer.Ordinal), refused.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Isolating_TooLarge_HalvesUntilItFits()
    {
        Selective inner = new([], maxPoints: 9);

        await new IsolatingSender(inner, (_, reason) => Assert.Fail(reason)).SendAsync(Points(100).All, CancellationToken.None);

        Assert.Equal(100, inner.Delivered.Count);
    }

    [Fact]
    public async Task Isolating_ServerSaysItDroppedAll_RefusesThemAtOnce()
    {
        Script inner = new(1, new SendOutcome(SendResult.Rejected, "400 points beyond retention policy dropped=100", Dropped: 100));
        int refused = 0;

        await new IsolatingSender(inner, (points, _) => refused += points.Count).SendAsync(Points(100).All, CancellationToken.None);

        Assert.Equal((100, 1), (refused, inner.Calls));
    }

    [Fact]
    public void Batch_SeveralRevisionsOfARow_KeepsTheHighest()
    {
        PointBatch batch = new();
        FlowRow row = new() { Level = FlowLevel.Detector, Intersection = "i", Id = "d", Start = 0, Length = 60_000, Revision = 1 };
        batch.Add(new OutputEntry(0, 10, 0, [row, row with { Id = "e" }]));
        batch.Add(new OutputEntry(10, 20, 0, [row with { Revision = 3 }]));
        batch.Add(new OutputEntry(20, 30, 0, [row with { Revision = 2 }]));

        batch.Encode([], 0);

        Assert.Equal((30, 2, 2), (batch.Next, batch.Points, batch.Superseded));
        Assert.Contains("detector=d,window=60s readings=0i,revision=3i", Text(batch.All), StringComparison.Ordinal);
    }

    [Fact]
    public void Memory_RevisionWithoutAFieldThatWasWritten_LosesIt()
    {
        FieldMemory memory = new(1024);
        FlowRow row = new() { Level = FlowLevel.Detector, Intersection = "i", Id = "d", Start = 0, Length = 60_000, Revision = 1, Volume = 3, SpeedVehicles = 3, ExpectedMs = 1, Expected = 1, FlowRateMilli = 1 };

        // Never seen: only what a revision can take away counts.
        Assert.False(memory.LosesField(row with { Revision = 2, SpeedVehicles = 0 }));
        Assert.True(memory.LosesField(row with { Revision = 2, Volume = null }));

        memory.Remember(row);
        Assert.False(memory.LosesField(row with { Revision = 2 }));
        Assert.True(memory.LosesField(row with { Revision = 2, SpeedVehicles = 0 }));
        memory.Remember(row with { Revision = 2, Volume = null });
        Assert.False(memory.LosesField(row with { Revision = 3, Volume = null }));
        Assert.False(memory.LosesField(row with { Volume = null }));
    }

    private RetryingSender Retrying(IPointSender inner) =>
        new(inner, options, time, new Random(1), progress, new StorageMetrics(new FreshMeters()), NullLogger.Instance);

    private static PointBatch Points(int count)
    {
        PointBatch batch = new();
        batch.Add(new OutputEntry(0, 1, 0, [.. Enumerable.Range(0, count).Select(Row)]));
        batch.Encode([], 0);
        return batch;
    }

    private static FlowRow Row(int i) =>
        new() { Level = FlowLevel.Detector, Intersection = "i", Id = $"d{i}", Start = 0, Length = 60_000, Revision = 1 };

    private static string Line(int i)
    {
        LineBuffer line = new();
        FlowLines.Write(line, Row(i));
        return Encoding.UTF8.GetString(line.Written.Span);
    }

    private static string Text(PointRange points) => Encoding.UTF8.GetString(points.Bytes.Span);

    private sealed class Script(int times, SendOutcome outcome) : IPointSender
    {
        public int Calls { get; private set; }

        public Task<SendOutcome> SendAsync(PointRange points, CancellationToken cancellation) =>
            Task.FromResult(Calls++ < times ? outcome : SendOutcome.Done);
    }

    private sealed class Selective(int[] bad, int maxPoints) : IPointSender
    {
        private readonly string[] badLines = [.. bad.Select(Line)];

        public HashSet<string> Delivered { get; } = [];

        public Task<SendOutcome> SendAsync(PointRange points, CancellationToken cancellation)
        {
            string[] lines = [.. Text(points).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\n")];
            if (lines.Length > maxPoints)
            {
                return Task.FromResult(new SendOutcome(SendResult.TooLarge, "413"));
            }

            if (lines.Any(badLines.Contains))
            {
                return Task.FromResult(new SendOutcome(SendResult.Rejected, "400"));
            }

            Delivered.UnionWith(lines);
            return Task.FromResult(SendOutcome.Done);
        }
    }
}
