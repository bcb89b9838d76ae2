using System.Text;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Ledger;

/// <summary>Brings both sides of the ledger together at one position.</summary>
/// <remarks>
/// Ownership: any thread may ask. <see cref="TakeTurnAsync"/> puts everything that moves the received side in one order: its reader cannot
/// go back to the position of a barrier that was placed before.
/// </remarks>
internal sealed class LedgerDesk : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Dispatcher _dispatcher;
    private readonly int _shards;
    private readonly ReceivedReader _received;
    private readonly DeviceRegistry _devices;

    public LedgerDesk(Dispatcher dispatcher, int shards, ReceivedReader received, DeviceRegistry devices)
    {
        _dispatcher = dispatcher;
        _shards = shards;
        _received = received;
        _devices = devices;
    }

    public async Task<LedgerSnapshot> ReadAsync(CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        var outcomes = new LedgerTotals[_shards];
        var counted = new long[_shards];
        var barrier = new ShardBarrier(_shards, shard =>
        {
            shard.State.ReadTotals(outcomes[shard.Index] = new LedgerTotals());
            counted[shard.Index] = shard.CountOut;
        });
        _dispatcher.Place(barrier);
        await barrier.Done.WaitAsync(cancellationToken);

        // Every shard walks through every record, so each has counted the same out; the least would tell of one that skipped some.
        var (end, countIn) = _dispatcher.Progress;
        var (received, gapBytes) = await _received.AtAsync(end, static counts => (counts.Total, counts.GapBytes));
        return Balance(barrier.Position, received, countIn - counted.Min(), gapBytes, outcomes);
    }

    public async Task<DeviceLedger?> ReadAsync(string intersection, string kind, string device, CancellationToken cancellationToken)
    {
        using var turn = await TakeTurnAsync(cancellationToken);
        var outcomes = new LedgerTotals?[_shards];
        var barrier = new ShardBarrier(_shards, shard => outcomes[shard.Index] = shard.State.ReadDevice(intersection, kind, device));
        _dispatcher.Place(barrier);
        await barrier.Done.WaitAsync(cancellationToken);

        var number = NumberOf(intersection, kind, device);
        var parsed = DeviceKinds.Parse(kind);
        var received = await _received.AtAsync(
            barrier.Position, counts => (number == 0 ? 0 : counts.Of(number)) + counts.Of(parsed, intersection, device));
        var known = outcomes.OfType<LedgerTotals>().ToArray();
        if (number == 0 && received == 0 && known.Length == 0)
        {
            return null;
        }

        return new DeviceLedger
        {
            Intersection = intersection,
            Kind = kind,
            Device = device,
            Ledger = Balance(barrier.Position, received, inFlight: 0, gapBytes: 0, known),
        };
    }

    /// <summary>Waits for, and takes, the right to move the received side; dispose to hand it on.</summary>
    public async Task<IDisposable> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        return new Turn(_turn);
    }

    public void Dispose() => _turn.Dispose();

    internal static LedgerSnapshot Balance(long position, long received, long inFlight, long gapBytes, IEnumerable<LedgerTotals> outcomes)
    {
        var sum = new LedgerTotals();
        foreach (var outcome in outcomes)
        {
            sum.Add(outcome);
        }

        return new LedgerSnapshot
        {
            Position = position,
            Received = received,
            Stored = sum.Stored,
            Duplicate = sum.Duplicate,
            Late = sum.Late,
            Rejected = sum.Rejected,
            Corrupt = sum.Corrupt,
            InFlight = inFlight,
            CorruptBytes = gapBytes,
            Missing = sum.Gaps - sum.Filled,
            Filled = sum.Filled,
            Restarts = sum.Restarts,
        };
    }

    private uint NumberOf(string intersection, string kind, string device)
        => _devices.Find(DeviceKinds.Parse(kind), Encoding.UTF8.GetBytes(intersection), Encoding.UTF8.GetBytes(device))?.Number ?? 0;

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
