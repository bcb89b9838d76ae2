using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Shards;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

/// <summary>The reading path allocates nothing once a page is warm.</summary>
public sealed class AllocationTests
{
    private sealed class NoOutput : IShardOutput
    {
        public void Emit(RecordType type, string intersection, long cause, int ordinal, long receivedMs, long elapsedMs, ReadOnlySpan<byte> body)
        {
        }
    }

    [Theory]
    [InlineData(60_000u)]
    [InlineData(1000u)]
    [InlineData(0u)]
    public void Readings_AtSteadyState_AllocateNothing(uint interval)
    {
        // One record holds a reading of each detector; together they fill one quarter of an hour that stays open.
        var tape = new InputTape();
        string[] ids = [.. Enumerable.Range(0, 32).Select(i => $"d{i}")];
        Array.ForEach(ids, id => tape.Detector("x", id));
        for (int step = 0; step < 600; step++)
        {
            long ts = InputTape.Origin + (interval == 60_000 ? step / 50 * 60_000 : step * 1000) + (interval == 0 ? 7 : 0);
            tape.At(step * 1000).Readings([.. ids.Select(id => tape.Entry("x", id, ts, interval, 3))]);
        }

        var state = new ShardState(new ShardOptions { Lengths = WindowLengths.Create([900_000]) }, 0, 1, new MemoryPages(), new NoOutput());
        int warm = tape.Records.Count / 2;
        Apply(state, tape.Records, 0, warm);

        // The pool has what the second half grows by, as in a service that has let pages go before.
        long before = GC.GetAllocatedBytesForCurrentThread();
        Apply(state, tape.Records, warm, tape.Records.Count);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // An off-grid detector's list doubles now and then: 2 bytes a reading, from a pool that is still empty here.
        Assert.InRange(allocated, 0, interval == 0 ? 32 * 2200 : 0);
    }

    private static void Apply(ShardState state, List<TapeRecord> records, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            TapeRecord record = records[i];
            state.Apply(record.Position, record.Header, record.Body);
        }
    }
}
