using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Host.Ingress;

/// <summary>Decoders and work space of one thread: a payload is taken in without waiting, so connections share them.</summary>
internal sealed class IngressScratch
{
    [ThreadStatic]
    private static IngressScratch? t_current;

    private IntakeBatch? _spare;
    private Verdict[] _verdicts = new Verdict[16];

    public static IngressScratch Current => t_current ??= new IngressScratch();

    public ReadingParser Readings { get; } = new();

    public EventParser Events { get; } = new();

    public ObservationParser Observations { get; } = new();

    /// <summary>How many readings of a payload each device has; used only when one of them has no time.</summary>
    public Dictionary<DeviceEntry, int> Repeats { get; } = [];

    /// <summary>What is decided about each element before any of them is written.</summary>
    public Span<Verdict> Verdicts(int count)
    {
        if (_verdicts.Length < count)
        {
            _verdicts = new Verdict[Math.Max(count, _verdicts.Length * 2)];
        }

        Span<Verdict> verdicts = _verdicts.AsSpan(0, count);
        verdicts.Clear();
        return verdicts;
    }

    /// <summary>Lends a batch: the one that came back to this thread last, or a new one.</summary>
    public IntakeBatch Rent()
    {
        IntakeBatch batch = _spare ?? new IntakeBatch();
        _spare = null;
        return batch;
    }

    public void Return(IntakeBatch batch) => _spare = batch;

    internal struct Verdict
    {
        public DeviceEntry? Device;
        public RejectionReason Reason;
    }
}
