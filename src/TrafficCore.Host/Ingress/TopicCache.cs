using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Ingress;

/// <summary>A topic of one connection, taken apart, with its device once that is known.</summary>
internal sealed class TopicSlot
{
    private byte[] _bytes = [];
    private int _length;

    public Topic Topic { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _length);

    public ReadOnlySpan<byte> Intersection => Bytes[Topic.Intersection];

    public ReadOnlySpan<byte> DeviceId => Bytes[Topic.Device];

    public DeviceIdView Id => new(Topic.Kind, Intersection, DeviceId);

    /// <summary>The device; stays right for ever, since entries are never removed.</summary>
    public DeviceEntry? Device { get; set; }

    /// <summary>The device's intersection in <see cref="SiteNetwork"/>; looked up again when the network changes.</summary>
    public Intersection? Site { get; set; }

    public RoadNetwork? SiteNetwork { get; set; }

    public void Set(ReadOnlySpan<byte> topic, Topic parsed)
    {
        if (_bytes.Length < topic.Length)
        {
            _bytes = new byte[topic.Length];
        }

        topic.CopyTo(_bytes);
        _length = topic.Length;
        Topic = parsed;
        Device = null;
        Site = null;
        SiteNetwork = null;
    }
}

/// <summary>The topics that a connection used last. A device publishes to few; a gateway with more pays for taking them apart.</summary>
/// <remarks>Ownership: the session. Made at the first message, so an idle connection has none; a replaced slot keeps its memory.</remarks>
internal sealed class TopicCache
{
    // Detector, detectors, events, state and a few more: what one cabinet uses. Looking through eight costs less than parsing.
    private const int Slots = 8;

    private readonly TopicSlot?[] _slots = new TopicSlot?[Slots];
    private int _next;

    public TopicSlot Find(ReadOnlySpan<byte> topic, ReadOnlySpan<byte> root)
    {
        foreach (TopicSlot? slot in _slots)
        {
            if (slot is null)
            {
                break;
            }

            if (slot.Bytes.SequenceEqual(topic))
            {
                return slot;
            }
        }

        TopicSlot taken = _slots[_next] ??= new TopicSlot();
        _next = (_next + 1) % Slots;
        taken.Set(topic, Topic.Parse(topic, root));
        return taken;
    }
}
