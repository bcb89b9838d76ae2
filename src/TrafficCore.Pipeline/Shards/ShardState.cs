using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// The state machine of one shard: input records in, pages and outputs out. What it does depends on the records alone.
/// </summary>
/// <remarks>
/// Ownership: one shard loop calls everything; nothing here is thread-safe. Every shard is given every record in log order and
/// skips the intersections of other shards.
/// </remarks>
internal sealed class ShardState
{
    /// <summary>How often idle pages are looked for: often enough against <c>Windows:InMemory</c>, too rarely to be noticed.</summary>
    private const long SweepMs = 60_000;

    private readonly ShardContext _context;
    private readonly NetworkFiles _files;
    private readonly DeviceDirectory _devices;
    private readonly PseudoLedger _pseudo = new();
    private readonly ShardLedger _ledger;
    private readonly ReadingApplier _readings;
    private readonly EventApplier _events;
    private readonly ObservationApplier _observations;
    private readonly RejectionApplier _rejections;
    private readonly WindowCloser _closer;
    private readonly ShardSnapshot _snapshot;
    private readonly OpenWindowReader _open;
    private readonly List<IntersectionState> _touched = [];
    private readonly bool _isFirstShard;
    private long _lastSweepMs;

    public ShardState(ShardOptions options, int shard, int shardCount, IPageStore pages, IShardOutput output, NetworkFiles? files = null)
    {
        _files = files ?? new NetworkFiles();
        _isFirstShard = shard == 0;
        _context = new ShardContext(options, pages, output);
        _devices = new DeviceDirectory(_context, shard, shardCount);
        var marks = new WindowMarks(_context);
        _readings = new ReadingApplier(_context, marks);
        _events = new EventApplier(_context, marks);
        _observations = new ObservationApplier(_context);
        _rejections = new RejectionApplier(_context, _devices, _pseudo);
        _closer = new WindowCloser(_context, marks);
        _ledger = new ShardLedger(_devices, _pseudo);
        _snapshot = new ShardSnapshot(_context, _devices, _pseudo, _files, _isFirstShard);
        _open = new OpenWindowReader(_context, _devices);
    }

    /// <summary>Something is open, dirty or held, or named detectors may fall silent: ticks are needed once a second.</summary>
    public bool HasWork => _context.WorkCount > 0 || _context.Networks.AwaitsDetectors;

    /// <summary>Bytes of pages that changed since they were last appended.</summary>
    public long DirtyPageBytes => _context.DirtyPageBytes;

    public long LateDirtyBytes => _context.LateDirtyBytes;

    /// <summary>What the shard's devices have counted: the same as <see cref="ReadTotals"/> without looking at them, but for pseudo devices.</summary>
    public LedgerTotals Outcomes => _context.Outcomes;

    /// <summary>Bytes of all pages in memory.</summary>
    public long ResidentPageBytes => _context.ResidentPageBytes;

    /// <summary>The oldest page position that the page index refers to: the state log must keep everything from there.</summary>
    public long OldestPagePosition => _devices.Own.Aggregate(long.MaxValue, (oldest, s) => Math.Min(oldest, s.Pages.OldestPosition));

    /// <summary>Applies the next input record.</summary>
    public void Apply(long position, in RecordHeader header, ReadOnlySpan<byte> body)
    {
        _context.MoveTo(position, header.ReceivedMs, header.ElapsedMs);
        bool isWhole = (RecordType)header.Type switch
        {
            RecordType.Readings => ApplyReadings(in header, body),
            RecordType.Observations => ApplyObservations(in header, body),
            RecordType.Events => ApplyEvents(in header, body),
            RecordType.Rejection => ApplyRejection(in header, body),
            RecordType.Device => InputRecordReader.TryDevice(in header, body, out DeviceView device) && _devices.Add(in device),
            RecordType.Network => ApplyNetwork(in header, body),
            RecordType.Tick => ApplyTick(),
            _ => true,
        };

        // What cannot be read has no intersection: the first shard counts it for all.
        _pseudo.Corrupt += !isWhole && _isFirstShard ? header.Count : 0;
    }

    /// <summary>Counts what was probably in a stretch that could not be read; what no known device sent is counted without one, by the first shard.</summary>
    public void TakeDamage(DamagedRange damage)
    {
        foreach ((uint device, long count) in damage.Counts)
        {
            if (device == DamagedRange.NoDevice || !_devices.TryFind(device, out DeviceSlot slot))
            {
                _pseudo.Corrupt += _isFirstShard ? count : 0;
            }
            else if (slot.State is not null)
            {
                _pseudo.AddCorrupt(slot.State.Id, slot.Kind, slot.State.Details(slot.Index).Id, count);
            }
        }
    }

    /// <summary>Appends every changed page to the page store; the pages stay in memory unless there are too many.</summary>
    public void FlushPages()
    {
        bool isFull = _context.ResidentPageBytes > _context.Options.ResidentPageBytes;
        foreach (IntersectionState state in _devices.Own)
        {
            state.Pages.Flush();
            if (isFull)
            {
                state.Pages.EvictPast();
            }
        }
    }

    /// <summary>Writes everything but the pages, which are flushed first.</summary>
    public void WriteSnapshot(SnapshotPartWriter writer)
    {
        FlushPages();
        _snapshot.Write(writer);
    }

    /// <summary>Takes what belongs to this shard from a snapshot of any number of shards; only before the first record.</summary>
    /// <exception cref="InvalidDataException">The snapshot is damaged, or was written with other window lengths.</exception>
    public void Restore(SnapshotPartReader reader) => _snapshot.Read(reader);

    /// <summary>Has the next tick look at every intersection, as if none could say when it will have something to do; changes no output.</summary>
    public void ForgetTicks() => _context.Ticks.TouchAll();

    /// <summary>Adds what those of the intersections that are this shard's have open. Changes nothing.</summary>
    public void ReadOpen(IReadOnlyList<string> intersections, List<OpenWindow> found) => _open.Read(intersections, found);

    /// <summary>Adds this shard's outcomes.</summary>
    public void ReadTotals(LedgerTotals totals) => _ledger.AddTo(totals);

    /// <summary>A device's outcomes, or null when this shard knows nothing of it. Pseudo devices may be known to two shards: add them.</summary>
    public LedgerTotals? ReadDevice(string intersection, string kind, string device) =>
        _ledger.Find(intersection, DeviceKinds.Parse(kind), device);

    private bool ApplyReadings(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (!InputRecordReader.TryReadings(in header, body, out EntriesView<ReadingEntry> view))
        {
            return false;
        }

        RecordTrailer classes = view.Trailer;
        bool hasClass = false;
        ReadOnlySpan<ReadingEntry> entries = view.Entries;
        for (int i = 0; i < entries.Length; i++)
        {
            ref readonly ReadingEntry entry = ref entries[i];
            if (!_devices.TryFind(entry.Device, out DeviceSlot slot))
            {
                _pseudo.Corrupt += _isFirstShard ? 1 : 0;
                continue;
            }

            if (slot.State is null)
            {
                continue;
            }

            Touch(slot.State);
            if (_readings.Apply(slot.State, slot.Index, in entry) && (entry.Flags & ReadingFlags.HasClasses) != 0)
            {
                _readings.ApplyClasses(ref classes, ref hasClass, i);
            }
        }

        CloseTouched();
        return true;
    }

    private bool ApplyObservations(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (!InputRecordReader.TryObservations(in header, body, out EntriesView<ObservationEntry> view))
        {
            return false;
        }

        foreach (ref readonly ObservationEntry entry in view.Entries)
        {
            bool isKnown = _devices.TryFind(entry.Device, out DeviceSlot slot);
            if (!isKnown || DeviceKinds.Observed(slot.Kind) is not { } kind)
            {
                _pseudo.Corrupt += _isFirstShard ? 1 : 0;
            }
            else if (slot.State is not null)
            {
                Touch(slot.State);
                _observations.Apply(in slot, kind, in entry);
            }
        }

        CloseTouched();
        return true;
    }

    private bool ApplyEvents(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (!InputRecordReader.TryEvents(in header, body, out EventsView view) || !_devices.TryFind(view.Batch.Controller, out DeviceSlot slot))
        {
            return false;
        }

        if (slot.State is not null)
        {
            _events.Apply(slot.State, slot.Index, in view);
            _closer.AfterRecord(slot.State);
        }

        return true;
    }

    private bool ApplyRejection(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (!InputRecordReader.TryRejection(in header, body, out RejectionView view))
        {
            return false;
        }

        if (_rejections.Apply(in view) is { } state)
        {
            _closer.AfterRecord(state);
        }

        return true;
    }

    private bool ApplyNetwork(in RecordHeader header, ReadOnlySpan<byte> body)
    {
        if (!InputRecordReader.TryNetwork(in header, body, out NetworkView view) || _files.Find(in view) is not { } file)
        {
            return false;
        }

        foreach (DeviceView device in view.Devices)
        {
            _devices.Add(in device);
        }

        NetworkInForce version = _context.Networks.Add(header.ReceivedMs, file);
        foreach (IntersectionState state in _devices.Own)
        {
            if (version.Network.FindIntersection(state.Id) is not null)
            {
                EmptyRows.Begin(state, header.ReceivedMs);
            }
        }

        _context.Ticks.TouchAll();

        return true;
    }

    private bool ApplyTick()
    {
        bool isSweep = _context.ElapsedMs - _lastSweepMs >= SweepMs;
        _lastSweepMs = isSweep ? _context.ElapsedMs : _lastSweepMs;
        IReadOnlyList<IntersectionState> own = _devices.Own;
        for (int i = 0; i < own.Count; i++)
        {
            if (_context.Ticks.IsDue(i))
            {
                TickAt(own[i]);
            }

            if (isSweep)
            {
                own[i].Pages.EvictIdle();
            }
        }

        return true;
    }

    private void TickAt(IntersectionState state)
    {
        if (state.NeedsTick)
        {
            _closer.AtTick(state);
        }

        state.DeleteExpired();
        _context.Ticks.Plan(state);
    }

    private void Touch(IntersectionState state)
    {
        if (state.TouchedPosition != _context.Position)
        {
            state.TouchedPosition = _context.Position;
            _touched.Add(state);
        }
    }

    private void CloseTouched()
    {
        foreach (IntersectionState state in _touched)
        {
            _closer.AfterRecord(state);
        }

        _touched.Clear();
    }
}
