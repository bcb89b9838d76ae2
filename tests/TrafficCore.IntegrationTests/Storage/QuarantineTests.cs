using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Sqlite;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>An answer is cut by count and by bytes, and the next one goes on exactly where it ended.</summary>
public sealed class QuarantineTests
{
    private const int Large = 256 * 1024;

    // Two of the same millisecond, over a midnight.
    private static readonly long Midnight = new DateTimeOffset(2024, 3, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(3, 10, 3)]
    [InlineData(5, 10, 5)]
    [InlineData(20, 10, 20)]
    [InlineData(20, Large, 8)]
    [InlineData(20, 3 * 1024 * 1024, 1)]
    public async Task Quarantine_PageByPage_IsReadWholeAndOnce(int limit, int bytes, int perPage)
    {
        await using SqliteFixture store = Open();
        foreach (int i in Enumerable.Range(0, 20))
        {
            store.Output.Append(new RejectedPayload(Midnight - 10 + i / 2 * 2, "bad-json", "int-1", "detector", $"d-{i}", "", new byte[bytes]));
        }

        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History();
        List<string> devices = [];
        List<int> pages = [];
        for (QuarantinePlace? place = QuarantinePlace.Before(0); place is { } after;)
        {
            QuarantinePage page = await history.QuarantineAsync(new QuarantineQuery(after, long.MaxValue, null, limit));
            devices.AddRange(page.Rejected.Select(r => r.Device));
            pages.Add(page.Rejected.Count);
            place = page.Next;
        }

        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"d-{i}"), devices);
        Assert.All(pages.SkipLast(1), count => Assert.Equal(perPage, count));
        Assert.Equal((20 + perPage - 1) / perPage, pages.Count);
    }

    [Fact]
    public async Task Quarantine_ByTimeAndReason_ReadsBackWhatCameIn()
    {
        await using SqliteFixture store = Open();
        foreach (int i in Enumerable.Range(0, 10))
        {
            store.Output.Append(Rejected(Midnight + i * 3_600_000, i % 2 == 0 ? "too-old" : "bad-json"));
        }

        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History();

        IReadOnlyList<RejectedPayload> all = (await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(0), long.MaxValue, null, 100))).Rejected;
        Assert.Equal(10, all.Count);
        Assert.Equal(Rejected(Midnight, "too-old") with { Payload = default }, all[0] with { Payload = default });
        Assert.Equal("{\"volume\":"u8, all[0].Payload.Span);
        Assert.Equal(5, (await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(0), long.MaxValue, "bad-json", 100))).Rejected.Count);
        QuarantinePage part = await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(Midnight + 1), Midnight + 3_600_001, null, 9));
        Assert.Equal([Midnight + 3_600_000], part.Rejected.Select(r => r.ReceivedMs));
        Assert.Null(part.Next);
    }

    // The quarantine is deleted by receive time, so the clock stands near it.
    private static SqliteFixture Open() => new(new ShiftedTime(DateTimeOffset.FromUnixTimeMilliseconds(Midnight) - DateTimeOffset.UtcNow));

    private static RejectedPayload Rejected(long receivedMs, string reason) =>
        new(receivedMs, reason, "int-1", "detector", "d-1", "", "{\"volume\":"u8.ToArray());
}
