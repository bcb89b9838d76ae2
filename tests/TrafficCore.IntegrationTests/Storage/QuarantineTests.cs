using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Storage.Sqlite;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.IntegrationTests.Storage;

/// <summary>An answer is cut by count and by bytes, and the next one goes on exactly where it ended.</summary>
public sealed class QuarantineTests
{
    // Two of the same millisecond, over a midnight.
    private static readonly long Midnight = new DateTimeOffset(2024, 3, 2, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    [Theory]
    [InlineData(20, 10, 3, 3)]
    [InlineData(20, 10, 5, 5)]
    [InlineData(20, 10, 20, 20)]
    [InlineData(20, 64 * 1024, 20, 20)]
    [InlineData(20, 1024 * 1024, 20, 8)]
    [InlineData(1200, 10, 1000, 1000)]
    public async Task Quarantine_PageByPage_IsReadWholeAndOnce(int count, int bytes, int limit, int perPage)
    {
        await using SqliteFixture store = Open();
        foreach (int i in Enumerable.Range(0, count))
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
            List<RejectedPayload> rejected = await page.Rejected.Select(p => p.Rejected).ToListAsync();
            devices.AddRange(rejected.Select(r => r.Device));
            pages.Add(rejected.Count);
            place = page.Next;
        }

        Assert.Equal(Enumerable.Range(0, count).Select(i => $"d-{i}"), devices);
        Assert.All(pages.SkipLast(1), onPage => Assert.Equal(perPage, onPage));
        Assert.Equal((count + perPage - 1) / perPage, pages.Count);
    }

    [Fact]
    public async Task Quarantine_DayThatIsFull_TakesNothingMoreAndCountsIt()
    {
        await using SqliteFixture store = Open();
        store.Options.QuarantineDayBytes = 1 << 20;
        Func<long> dropped = store.Meters.Count("trafficcore.storage.quarantine.dropped");
        foreach (int i in Enumerable.Range(0, 100))
        {
            store.Output.Append(new RejectedPayload(Midnight + i, "bad-json", "int-1", "detector", $"d-{i}", "", new byte[64 * 1024]));
        }

        // Another day has room of its own.
        store.Output.Append(new RejectedPayload(Midnight - 1, "bad-json", "int-1", "detector", "d", "", new byte[64 * 1024]));
        await store.Start().DeliveredAsync();
        using SqliteHistory history = store.History();
        QuarantinePage page = await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(0), long.MaxValue, null, 1000));

        long kept = await page.Rejected.CountAsync();
        Assert.InRange(kept, 15, 18);
        Assert.Equal(101, kept + dropped());
    }

    [Fact]
    public async Task Quarantine_FilesDeletedWhileItIsRead_EndsTheAnswer()
    {
        await using SqliteFixture store = Open();
        foreach (int i in Enumerable.Range(0, 8))
        {
            store.Output.Append(new RejectedPayload(Midnight + i, "bad-json", "int-1", "detector", "d", "", new byte[200 * 1024]));
        }

        await store.Start().DeliveredAsync();
        await store.StopAsync();
        using SqliteHistory history = store.History();
        QuarantinePage page = await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(0), long.MaxValue, null, 100));
        int read = 0;
        await foreach (PlacedRejection _ in page.Rejected)
        {
            if (++read == 1)
            {
                Directory.Delete(store.Directory, recursive: true);
            }
        }

        Assert.InRange(read, 1, 7);
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

        List<RejectedPayload> all = await (await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(0), long.MaxValue, null, 100))).Rejected.Select(p => p.Rejected).ToListAsync();
        Assert.Equal(10, all.Count);
        Assert.Equal(Rejected(Midnight, "too-old") with { Payload = default }, all[0] with { Payload = default });
        Assert.Equal("{\"volume\":"u8, all[0].Payload.Span);
        Assert.Equal(5, await (await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(0), long.MaxValue, "bad-json", 100))).Rejected.CountAsync());
        QuarantinePage part = await history.QuarantineAsync(new QuarantineQuery(QuarantinePlace.Before(Midnight + 1), Midnight + 3_600_001, null, 9));
        Assert.Equal([Midnight + 3_600_000], await part.Rejected.Select(r => r.Rejected.ReceivedMs).ToListAsync());
        Assert.Null(part.Next);
    }

    // The quarantine is deleted by receive time, so the clock stands near it.
    private static SqliteFixture Open() => new(new ShiftedTime(DateTimeOffset.FromUnixTimeMilliseconds(Midnight) - DateTimeOffset.UtcNow));

    private static RejectedPayload Rejected(long receivedMs, string reason) =>
        new(receivedMs, reason, "int-1", "detector", "d-1", "", "{\"volume\":"u8.ToArray());
}
