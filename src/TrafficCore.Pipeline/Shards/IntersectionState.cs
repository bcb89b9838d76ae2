using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Shards;

/// <summary>One intersection: its devices, its pages, and what its windows wait for.</summary>
/// <remarks>Ownership: the shard loop. Data and look-ups only; what happens to it is in the appliers and the closer.</remarks>
internal sealed class IntersectionState
{
    /// <summary>The contract counts a controller as a device with an interval of 60 s.</summary>
    public const uint ControllerIntervalMs = 60_000;

    private readonly ShardContext _context;
    private readonly List<DeviceDetails> _details = [];
    private readonly List<IntersectionPlan?> _plans = [];
    private DeviceState[] _devices = [];
    private long _ordinalPosition = -1;
    private int _nextOrdinal;

    public IntersectionState(string id, int ordinal, int place, ShardContext context)
    {
        Id = id;
        Ordinal = ordinal;
        Place = place;
        _context = context;
        Pages = new PageBook(id, context);
        Lengths = [.. Enumerable.Range(0, context.Lengths.Count)
            .Select(i => new LengthState(context.Lengths[i], context.Options.IdleTimeoutMs))];
    }

    public string Id { get; }

    /// <summary>Order of first appearance in the log, over all intersections.</summary>
    public int Ordinal { get; }

    /// <summary>Order of first appearance among those of its shard.</summary>
    public int Place { get; }

    public PageBook Pages { get; }

    public LengthState[] Lengths { get; }

    public int DeviceCount => _details.Count;

    /// <summary>Position of the last record that touched it: it is looked at once per record.</summary>
    public long TouchedPosition { get; set; } = -1;

    public ReadOnlySpan<DeviceState> Devices => _devices.AsSpan(0, DeviceCount);

    /// <summary>Whether a tick has something to do here: a window is open or dirty, or empty rows may be due.</summary>
    public bool NeedsTick
    {
        get
        {
            foreach (LengthState length in Lengths)
            {
                if (length.Open.Count + length.Dirty.Count > 0 || length.EmptyNext <= _context.ReceivedMs - length.Length)
                {
                    return true;
                }
            }

            return false;
        }
    }

    public ref DeviceState Device(int index) => ref _devices[index];

    public DeviceDetails Details(int index) => _details[index];

    public IEnumerable<int> DeviceIndexes(DeviceKind kind) => Enumerable.Range(0, DeviceCount).Where(i => _devices[i].Kind == kind);

    public int AddDevice(string id, DeviceKind kind, DeviceFlags flags)
    {
        if (DeviceCount == _devices.Length)
        {
            Array.Resize(ref _devices, Math.Max(4, _devices.Length * 2));
        }

        _devices[DeviceCount] = new DeviceState
        {
            Kind = kind,
            Flags = flags,
            Interval = kind == DeviceKind.Controller ? ControllerIntervalMs : 0,
            Watermark = long.MinValue / 2,
        };
        _details.Add(new DeviceDetails(id));
        _plans.Clear();
        return DeviceCount - 1;
    }

    public void SetFlags(int device, DeviceFlags flags)
    {
        _devices[device].Flags = flags;
        _plans.Clear();
    }

    /// <summary>The plan for windows that begin at a time.</summary>
    public IntersectionPlan PlanAt(long start)
    {
        NetworkInForce? version = _context.Networks.At(start);
        int at = version is null ? 0 : version.Version + 1;
        while (_plans.Count <= at)
        {
            _plans.Add(null);
        }

        return _plans[at] ??= PlanBuilder.Build(this, version);
    }

    /// <summary>The next free place among the outputs of the record at hand.</summary>
    public int TakeOrdinal()
    {
        _nextOrdinal = _ordinalPosition == _context.Position ? _nextOrdinal : 0;
        _ordinalPosition = _context.Position;
        return _nextOrdinal++;
    }

    /// <summary>Whether a device can hold windows of a length. Events enter windows of every length, so a controller always can.</summary>
    public static bool IsRelevant(in DeviceState device, long length) =>
        device.Kind == DeviceKind.Controller || (device.Kind == DeviceKind.Detector && device.Interval <= length);

    /// <summary>The page of something that a device sent, made when needed; null when it is late: too far behind the device's own watermark, or its page was deleted.</summary>
    /// <param name="device">The device, before its watermark moves.</param>
    /// <param name="timestamp">When it happened or began.</param>
    /// <param name="end">When it ended.</param>
    public PageState? PageFor(in DeviceState device, long timestamp, long end) =>
        end < Math.Min(device.Watermark, _context.ReceivedMs) - _context.Options.LatenessMs
            ? null
            : Pages.Get(PageMath.FloorDivide(timestamp, _context.Lengths.SpanMs));

    /// <summary>Notes that a device sent something; its interval decides which windows that keeps waiting.</summary>
    public void Hear(ref DeviceState device, uint interval)
    {
        device.Heard = true;
        device.HeardMs = _context.ElapsedMs;
        if (device.Interval != interval)
        {
            device.Interval = interval;
            ForgetLaggards();
        }

        foreach (LengthState length in Lengths)
        {
            if (IsRelevant(in device, length.Length))
            {
                length.LastSentMs = _context.ElapsedMs;
            }
        }
    }

    /// <summary>Moves a device's watermark.</summary>
    public void Advance(ref DeviceState device, long watermark)
    {
        if (watermark <= device.Watermark)
        {
            return;
        }

        device.Watermark = watermark;
        foreach (LengthState length in Lengths)
        {
            if (watermark > length.Highest && IsRelevant(in device, length.Length))
            {
                length.Highest = watermark;
            }
        }
    }

    /// <summary>Deletes what history no longer keeps.</summary>
    public void DeleteExpired()
    {
        if (Pages.DeleteExpired())
        {
            foreach (DeviceDetails details in _details)
            {
                details.Batches.ForgetBefore(Pages.OldestIndex);
            }
        }
    }

    public void ForgetLaggards()
    {
        foreach (LengthState length in Lengths)
        {
            length.Laggard = LengthState.NoLaggard;
        }
    }
}
