using FsCheck;
using FsCheck.Fluent;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Tests.Shards;

/// <summary>Identities are exact sets, in memory and read back.</summary>
public sealed class IdentityTests
{
    private const int Span = 3_600_000;

    [Fact]
    public void MillisecondSet_IsTheSet_AlsoReadBack()
    {
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var pool = new PagePool();
            var set = new MillisecondSet(Span);
            var expected = new HashSet<int>();
            int range = random.Next(3) == 0 ? 9000 : Span;
            for (int i = 0; i < 12_000; i++)
            {
                int offset = random.Next(range);
                Assert.Equal(expected.Add(offset), set.Add(offset, pool));
                if (i == 6000)
                {
                    set = ReadBack(set, pool);
                }
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20).WithReplay(2026, 3));
    }

    [Fact]
    public void MillisecondSet_AReadingEachMillisecond_CostsAboutABit()
    {
        var pool = new PagePool();
        var set = new MillisecondSet(Span);
        for (int offset = 0; offset < Span; offset++)
        {
            set.Add(offset, pool);
        }

        Assert.InRange(set.Bytes, Span / 8, Span / 8 * 11 / 10);
    }

    [Fact]
    public void MillisecondSet_AFewReadings_CostALittle()
    {
        var set = new MillisecondSet(Span);
        var pool = new PagePool();
        for (int i = 0; i < 60; i++)
        {
            set.Add((i * 60_000) + 17, pool);
        }

        Assert.InRange(set.Bytes, 0, 2500);
    }

    [Fact]
    public void ReadingIdentities_OnOrBesideTheGrid_IsTheSet_AlsoReadBack()
    {
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var pool = new PagePool();
            var identities = new ReadingIdentities(Span);
            var expected = new HashSet<uint>();
            uint interval = new uint[] { 0, 1, 999, 1000, 7000, 60_000, 3_600_000 }[random.Next(7)];
            for (int i = 0; i < 400; i++)
            {
                uint step = Math.Max(1000, interval);
                uint offset = Math.Min(Span - 1, (uint)(random.Next((int)(Span / step)) * step) + 123 + (random.Next(300) == 0 ? 5u : 0));
                IdentityOutcome outcome = identities.Add(offset, interval, 77, pool);
                Assert.Equal(expected.Add(offset) ? IdentityOutcome.Added : IdentityOutcome.Repeat, outcome);
                identities = i % 100 == 50 ? ReadBack(identities, pool) : identities;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60).WithReplay(2026, 5));
    }

    [Fact]
    public void ReadingIdentities_OtherValues_AreAConflict_AlsoReadBack()
    {
        var pool = new PagePool();
        var identities = new ReadingIdentities(Span);
        identities.Add(60_000, 60_000, 1, pool);
        identities = ReadBack(identities, pool);

        Assert.Equal(IdentityOutcome.Conflict, identities.Add(60_000, 60_000, 2, pool));
        Assert.Equal(IdentityOutcome.Repeat, identities.Add(60_000, 60_000, 1, pool));
    }

    [Fact]
    public void OffsetItems_FirstItemOfAnOffsetWins_AlsoReadBack()
    {
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var pool = new PagePool();
            var items = new OffsetItems(Span);
            var expected = new Dictionary<int, ushort>();
            int range = random.Next(3) == 0 ? 500 : Span;
            for (int i = 0; i < 3000; i++)
            {
                int offset = random.Next(range);
                var item = (ushort)(random.Next(3) * ushort.MaxValue / 2);
                IdentityOutcome outcome = expected.TryAdd(offset, item) ? IdentityOutcome.Added
                    : expected[offset] == item ? IdentityOutcome.Repeat : IdentityOutcome.Conflict;
                Assert.Equal(outcome, items.AddFirst(offset, item, pool));
                items = i % 1000 == 500 ? ReadBack(items, pool) : items;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(30).WithReplay(2026, 27));
    }

    [Fact]
    public void OffsetItems_AnHourOfMinutes_CostsALittle()
    {
        var items = new OffsetItems(Span);
        var pool = new PagePool();
        for (int i = 0; i < 60; i++)
        {
            items.AddFirst(i * 60_000, 7, pool);
        }

        Assert.InRange(items.Bytes, 0, 2000);
    }

    [Fact]
    public void EventIdentities_IsTheSet_AlsoReadBack()
    {
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var pool = new PagePool();
            var identities = new EventIdentities(Span);
            var expected = new HashSet<(int, ushort, int)>();

            // With parameters from the whole range there are more pairs than numbers for them.
            int pairs = seed % 10 == 0 ? 200_000 : 40;
            for (int i = 0; i < (pairs > 40 ? 80_000 : 5000); i++)
            {
                (int, ushort, int) found = (random.Next(Span), (ushort)random.Next(3), random.Next(pairs) - 20);
                found.Item1 -= random.Next(2) == 0 ? found.Item1 % 60_000 : 0;
                Assert.Equal(expected.Add(found), identities.Add(found.Item1, found.Item2, found.Item3, pool));
            }

            identities = ReadBack(identities, pool);
            Assert.All(expected.Take(2000), e => Assert.False(identities.Add(e.Item1, e.Item2, e.Item3, pool)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20).WithReplay(2026, 19));
    }

    private static MillisecondSet ReadBack(MillisecondSet set, PagePool pool)
    {
        var writer = new BodyWriter();
        set.Write(writer);
        var reader = new BodyReader(writer.Written);
        MillisecondSet back = MillisecondSet.Read(ref reader, Span, pool);
        Assert.True(reader.AtEnd);
        return back;
    }

    private static ReadingIdentities ReadBack(ReadingIdentities identities, PagePool pool)
    {
        var writer = new BodyWriter();
        identities.Write(writer);
        var reader = new BodyReader(writer.Written);
        ReadingIdentities back = ReadingIdentities.Read(ref reader, Span, pool);
        Assert.True(reader.AtEnd);
        return back;
    }

    private static OffsetItems ReadBack(OffsetItems items, PagePool pool)
    {
        var writer = new BodyWriter();
        items.Write(writer);
        var reader = new BodyReader(writer.Written);
        OffsetItems back = OffsetItems.Read(ref reader, Span, pool);
        Assert.True(reader.AtEnd);
        Assert.Equal(items.Bytes, back.Bytes);
        return back;
    }

    private static EventIdentities ReadBack(EventIdentities identities, PagePool pool)
    {
        var writer = new BodyWriter();
        identities.Write(writer);
        var reader = new BodyReader(writer.Written);
        EventIdentities back = EventIdentities.Read(ref reader, Span, pool);
        Assert.True(reader.AtEnd);
        return back;
    }
}
