using System.Text;
using TrafficCore.Log;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>All devices that ever got a number, and the network file in force.</summary>
/// <remarks>
/// Ownership: <see cref="Find"/>, the indexer and the properties are safe from any thread and take no lock. Whatever adds
/// holds one lock over choosing the number, appending its record and publishing it, so numbers are in log order and no record
/// names a device before the record that numbers it.
/// </remarks>
public sealed class DeviceRegistry
{
    private readonly Lock _gate = new();
    private readonly DeviceTable _table = new();
    private readonly InputRecordWriter _writer = new();

    // Written under the lock, read by anyone: an entry is in place before the count that admits it.
    private DeviceEntry?[] _byNumber = new DeviceEntry?[256];
    private volatile int _count;
    private volatile int _learnt;
    private volatile RoadNetwork _network = RoadNetwork.Empty;
    private volatile uint _networkVersion;
    private volatile NetworkFile? _networkFile;

    /// <summary>How many devices have a number; the highest number.</summary>
    public int Count => _count;

    /// <summary>How many of them were learnt.</summary>
    public int LearntCount => _learnt;

    /// <summary>The network file in force for what arrives now; <see cref="RoadNetwork.Empty"/> before the first.</summary>
    public RoadNetwork Network => _network;

    /// <summary>Version of <see cref="Network"/>; 0 before the first.</summary>
    public uint NetworkVersion => _networkVersion;

    /// <summary>The network files that the log has named, for all who follow the log.</summary>
    public NetworkFiles Files { get; } = new();

    /// <summary>
    /// Whether a file is in force with all that it names: an earlier release may have logged it and given no number to kinds of
    /// devices that it did not read.
    /// </summary>
    public bool IsInForce(ReadOnlySpan<byte> json) =>
        _networkFile is { Network: { } network } file && file.IsOf(json) && DeviceName.AllOf(network).All(name => FindText(name) is not null);

    /// <summary>The device of a number, or null.</summary>
    public DeviceEntry? this[uint number]
    {
        get
        {
            if (number == 0 || number > (uint)_count)
            {
                return null;
            }

            return Volatile.Read(ref _byNumber)[number - 1];
        }
    }

    /// <summary>The device of these ids, or null. Allocates nothing.</summary>
    public DeviceEntry? Find(DeviceKind kind, ReadOnlySpan<byte> intersectionUtf8, ReadOnlySpan<byte> deviceUtf8) =>
        _table.Find(kind, intersectionUtf8, deviceUtf8);

    /// <summary>
    /// The pseudo device of an intersection's <c>detectors</c> topic (number 0), or null when no device and no network file
    /// has named the intersection: so pseudo devices stay as few as intersections.
    /// </summary>
    public DeviceEntry? FindIntersection(ReadOnlySpan<byte> intersectionUtf8) =>
        _table.Find(DeviceKind.Detectors, intersectionUtf8, "-"u8);

    /// <summary>How many devices were numbered by records that end at or before a position: a prefix, since numbers are in log order.</summary>
    public int CountAt(long position)
    {
        lock (_gate)
        {
            int low = 0;
            for (int high = _count; low < high;)
            {
                int middle = (low + high) / 2;
                (low, high) = _byNumber[middle]!.LoggedEnd <= position ? (middle + 1, high) : (low, middle);
            }

            return low;
        }
    }

    /// <summary>Takes over a device record that was read from the log or a snapshot; false when it contradicts what is known.</summary>
    public bool Apply(in DeviceView record, long end = 0)
    {
        lock (_gate)
        {
            return ApplyUnderLock(record, end);
        }
    }

    /// <summary>Takes over a network record that was read from the log or a snapshot; false when it contradicts what is known.</summary>
    /// <param name="record">The record.</param>
    /// <param name="file">Its file; where this release cannot read it, the network before stays in force.</param>
    /// <param name="end">Position behind it.</param>
    public bool Apply(in NetworkView record, NetworkFile file, long end = 0)
    {
        ArgumentNullException.ThrowIfNull(file);
        lock (_gate)
        {
            foreach (DeviceView device in record.Devices)
            {
                if (!ApplyUnderLock(device, end))
                {
                    return false;
                }
            }

            PublishNetworkUnderLock(file, record.Version);
            return true;
        }
    }

    /// <summary>Gives a number to a device that sent something, unless it is known by now.</summary>
    /// <param name="log">Where its record goes.</param>
    /// <param name="clock">Times of the record.</param>
    /// <param name="id">Kind, intersection and device id; valid ids.</param>
    /// <param name="flags"><see cref="DeviceFlags.Learnt"/>, with <see cref="DeviceFlags.Channel"/> for a channel.</param>
    /// <param name="maxLearned">Most devices to learn, in all and of one intersection. What is known already counts, from the log too.</param>
    /// <param name="entry">The device when the result is <see cref="LearnResult.Learnt"/>.</param>
    public LearnResult Learn(IInputLog log, ServiceClock clock, in DeviceIdView id, DeviceFlags flags, LearningBounds maxLearned, out DeviceEntry? entry)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(clock);
        lock (_gate)
        {
            entry = _table.Find(id.Kind, id.Intersection, id.Device);
            if (entry is not null && (entry.Learnt || entry.Named))
            {
                return LearnResult.Learnt;
            }

            if (_learnt >= maxLearned.InAll)
            {
                return LearnResult.NetworkFull;
            }

            if ((FindIntersection(id.Intersection)?.LearntHere ?? 0) >= maxLearned.OfOneIntersection)
            {
                return LearnResult.IntersectionFull;
            }

            // A device that an earlier file named keeps its number; its record then only says that it is learnt now.
            uint number = entry?.Number ?? (uint)_count + 1;
            _writer.Begin(log.Salt, clock.NowMs, clock.ElapsedMs);
            _writer.AddDevice(number, id.Kind, flags, Encoding.ASCII.GetString(id.Intersection), Encoding.ASCII.GetString(id.Device));
            if (!log.TryAppend(_writer.Complete(), 0, null, out long end))
            {
                return LearnResult.LogFull;
            }

            ApplyUnderLock(new DeviceView { Number = number, Kind = id.Kind, Flags = flags, Intersection = id.Intersection, Device = id.Device }, end);
            entry = _byNumber[number - 1];
            return LearnResult.Learnt;
        }
    }

    /// <summary>Longest network file, bytes.</summary>
    public const int MaxNetworkFile = NetworkFilePacking.MaxLength;

    /// <summary>Appends a new version of the network file and puts it in force; false when the log has no room.</summary>
    /// <param name="log">Where its record goes.</param>
    /// <param name="clock">Times of the record.</param>
    /// <param name="file">A file that fits into a record.</param>
    /// <param name="end">Position behind the record.</param>
    public bool TryAppendNetwork(IInputLog log, ServiceClock clock, NetworkFile file, out long end)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentNullException.ThrowIfNull(file);

        // Known before it is in the log: the shards, which meet it there, then have it from here.
        file = Files.Use(file);
        RoadNetwork network = file.Network ?? throw new ArgumentException("A file without a network cannot be put in force.", nameof(file));
        lock (_gate)
        {
            List<DeviceName> added = [.. DeviceName.AllOf(network).Where(name => FindText(name) is null)];
            uint version = _networkVersion + 1;

            // Not the writer of single devices, which would keep the size of the largest record.
            var writer = new InputRecordWriter();
            writer.Begin(log.Salt, clock.NowMs, clock.ElapsedMs);
            writer.BeginNetwork(version, added.Count);
            uint number = (uint)_count;
            foreach (DeviceName name in added)
            {
                writer.AddDeviceLine(++number, name.Kind, DeviceFlags.None, name.Intersection, name.Device);
            }

            writer.AddNetworkFile(file);
            if (!log.TryAppend(writer.Complete(), 0, null, out end))
            {
                return false;
            }

            foreach (DeviceName name in added)
            {
                AddUnderLock(name, DeviceFlags.None, end);
            }

            PublishNetworkUnderLock(file, version);
            return true;
        }
    }

    private bool ApplyUnderLock(in DeviceView record, long end)
    {
        DeviceEntry? known = _table.Find(record.Kind, record.Intersection, record.Device);
        if (known is not null)
        {
            if (known.Number != record.Number)
            {
                return false;
            }

            if ((record.Flags & DeviceFlags.Learnt) != 0 && !known.Learnt)
            {
                CountLearntUnderLock(record.Intersection);
            }

            known.SetFlagsUnderLock(record.Flags);
            return true;
        }

        if (record.Number != (uint)_count + 1)
        {
            return false;
        }

        string intersection = FindIntersection(record.Intersection)?.Intersection ?? Encoding.ASCII.GetString(record.Intersection);
        AddUnderLock(new DeviceName(record.Kind, intersection, Encoding.ASCII.GetString(record.Device)), record.Flags, end);
        return true;
    }

    private void AddUnderLock(DeviceName name, DeviceFlags flags, long end)
    {
        AddIntersectionUnderLock(name.Intersection);
        var entry = new DeviceEntry((uint)_count + 1, name, flags, HashOf(name)) { LoggedEnd = end };
        entry.SetNetworkUnderLock(_network);
        if (_count == _byNumber.Length)
        {
            DeviceEntry?[] larger = new DeviceEntry?[_byNumber.Length * 2];
            _byNumber.CopyTo(larger, 0);
            Volatile.Write(ref _byNumber, larger);
        }

        _byNumber[_count] = entry;
        _count++;
        if (entry.Learnt)
        {
            CountLearntUnderLock(Encoding.ASCII.GetBytes(name.Intersection));
        }

        _table.AddUnderLock(entry);
    }

    private void CountLearntUnderLock(ReadOnlySpan<byte> intersection)
    {
        _learnt++;
        FindIntersection(intersection)!.CountLearntUnderLock();
    }

    private void AddIntersectionUnderLock(string intersection)
    {
        var name = new DeviceName(DeviceKind.Detectors, intersection, DeviceKinds.Nobody);
        if (FindText(name) is null)
        {
            _table.AddUnderLock(new DeviceEntry(0, name, DeviceFlags.None, HashOf(name)));
        }
    }

    private void PublishNetworkUnderLock(NetworkFile file, uint version)
    {
        RoadNetwork network = file.Network ?? _network;
        foreach (Intersection intersection in network.Intersections)
        {
            AddIntersectionUnderLock(intersection.Id);
        }

        for (int i = 0; i < _count; i++)
        {
            _byNumber[i]!.SetNetworkUnderLock(network);
        }

        _network = network;
        _networkVersion = version;
        _networkFile = file;
    }

    private DeviceEntry? FindText(DeviceName name)
    {
        Span<byte> bytes = stackalloc byte[2 * NetworkId.MaxLength];
        (int intersection, int device) = Encode(name, bytes);
        return _table.Find(name.Kind, bytes[..intersection], bytes.Slice(intersection, device));
    }

    private static int HashOf(DeviceName name)
    {
        Span<byte> bytes = stackalloc byte[2 * NetworkId.MaxLength];
        (int intersection, int device) = Encode(name, bytes);
        return DeviceTable.HashOf(name.Kind, bytes[..intersection], bytes.Slice(intersection, device));
    }

    private static (int Intersection, int Device) Encode(DeviceName name, Span<byte> bytes)
    {
        int intersection = Encoding.ASCII.GetBytes(name.Intersection, bytes);
        return (intersection, Encoding.ASCII.GetBytes(name.Device, bytes[intersection..]));
    }
}
