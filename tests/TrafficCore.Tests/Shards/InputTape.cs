using System.Text;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Tests.Shards;

/// <summary>A record as the log would hand it out.</summary>
internal sealed record TapeRecord(long Position, RecordHeader Header, byte[] Body);

/// <summary>Makes input records with chosen times; device numbers are given as devices are first named.</summary>
internal sealed class InputTape
{
    private readonly InputRecordWriter _writer = new();
    private readonly Dictionary<(DeviceKind, string, string), uint> _numbers = [];
    private long _position;
    private uint _networks;

    public List<TapeRecord> Records { get; } = [];

    /// <summary>Receive time and elapsed time of what is added; elapsed counts from <see cref="Origin"/>.</summary>
    public long NowMs { get; set; } = Origin;

    /// <summary>Elapsed time where it differs from receive time less <see cref="Origin"/>.</summary>
    public long? ElapsedMs { get; set; }

    /// <summary>2026-01-05T00:00:00Z, a multiple of all window lengths in use.</summary>
    public const long Origin = 1_767_571_200_000;

    public InputTape At(long milliseconds)
    {
        NowMs = Origin + milliseconds;
        return this;
    }

    public uint Detector(string intersection, string id, DeviceFlags flags = DeviceFlags.Learnt) =>
        Number(DeviceKind.Detector, intersection, id, flags);

    public uint Controller(string intersection, string id, DeviceFlags flags = DeviceFlags.Learnt) =>
        Number(DeviceKind.Controller, intersection, id, flags);

    public InputTape Reading(string intersection, string detector, long ts, uint interval = 60_000, uint volume = 1)
    {
        return Readings([Entry(intersection, detector, Origin + ts, interval, volume)]);
    }

    public ReadingEntry Entry(string intersection, string detector, long timestamp, uint interval, uint volume) => new()
    {
        Device = Detector(intersection, detector),
        Timestamp = timestamp,
        Interval = interval,
        Volume = volume,
        Occupancy = ReadingEntry.NoOccupancy,
        Speed = ReadingEntry.NoSpeed,
    };

    public InputTape Readings(IReadOnlyList<ReadingEntry> entries, params (string Name, uint Volume)[] classes)
    {
        return Write(writer =>
        {
            foreach (ReadingEntry entry in entries)
            {
                writer.AddReading(in entry);
                foreach ((string name, uint volume) in (entry.Flags & ReadingFlags.HasClasses) != 0 ? classes : [])
                {
                    writer.AddClass(Encoding.UTF8.GetBytes(name), volume);
                }
            }
        });
    }

    public ObservationEntry Observation(DeviceKind kind, string intersection, string device, long timestamp, params ReadOnlySpan<int?> values)
    {
        var entry = new ObservationEntry { Device = Number(kind, intersection, device, DeviceFlags.Learnt), Timestamp = timestamp };
        for (int i = 0; i < values.Length; i++)
        {
            entry.Values[i] = values[i];
        }

        return entry;
    }

    public InputTape Observations(params IReadOnlyList<ObservationEntry> entries) => Write(writer =>
    {
        foreach (ObservationEntry entry in entries)
        {
            writer.AddObservation(in entry);
        }
    });

    /// <summary>One observation of an environment sensor.</summary>
    public InputTape Rain(string intersection, string sensor, long ts, int rain = 100) =>
        Observations(Observation(DeviceKind.Environment, intersection, sensor, Origin + ts, rain));

    public InputTape Events(string intersection, string controller, uint? sequence, params (long Ts, ushort Code, int Parameter)[] events)
    {
        var header = new EventsHeader
        {
            Controller = Controller(intersection, controller),
            Sequence = sequence ?? 0,
            Flags = sequence is null ? EventsFlags.None : EventsFlags.HasSequence,
        };
        return Write(writer =>
        {
            writer.BeginEvents(in header);
            foreach ((long ts, ushort code, int parameter) in events)
            {
                writer.AddEvent(new EventEntry { Timestamp = Origin + ts, Code = code, Parameter = parameter });
            }
        });
    }

    public InputTape Rejection(uint device, DeviceKind kind, string intersection, string id, RejectionReason reason, uint? sequence = null) =>
        Write(w => w.AddRejection(device, kind, intersection, id, reason, "{}"u8, default, sequence));

    public InputTape Tick() => Write(w => w.AddTick());

    /// <summary>A tick a second from now, for a time.</summary>
    public InputTape Ticks(long forMs)
    {
        for (long end = NowMs + forMs; NowMs < end;)
        {
            NowMs += 1000;
            Tick();
        }

        return this;
    }

    public InputTape Network(string json)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(json);
        var found = TrafficCore.Traffic.Network.RoadNetworkParser.Parse(bytes);
        Assert.True(found.Network is not null, string.Join("; ", found.Errors));
        var added = new List<(uint Number, DeviceKind Kind, string Intersection, string Id)>();
        foreach (DeviceName name in DeviceName.AllOf(found.Network!))
        {
            AddNamed(added, name.Kind, name.Intersection, name.Device);
        }

        return Write(writer =>
        {
            writer.BeginNetwork(++_networks, added.Count);
            added.ForEach(a => writer.AddDeviceLine(a.Number, a.Kind, DeviceFlags.None, a.Intersection, a.Id));
            writer.AddNetworkFile(NetworkFile.Of(bytes, found.Network!));
        });
    }

    private void AddNamed(List<(uint, DeviceKind, string, string)> added, DeviceKind kind, string intersection, string id)
    {
        if (!_numbers.ContainsKey((kind, intersection, id)))
        {
            uint number = (uint)_numbers.Count + 1;
            _numbers.Add((kind, intersection, id), number);
            added.Add((number, kind, intersection, id));
        }
    }

    private uint Number(DeviceKind kind, string intersection, string id, DeviceFlags flags)
    {
        if (!_numbers.TryGetValue((kind, intersection, id), out uint number))
        {
            number = (uint)_numbers.Count + 1;
            _numbers.Add((kind, intersection, id), number);
            Write(w => w.AddDevice(number, kind, flags, intersection, id));
        }

        return number;
    }

    private InputTape Write(Action<InputRecordWriter> add)
    {
        _writer.Begin(7, NowMs, ElapsedMs ?? (NowMs - Origin));
        add(_writer);
        ReadOnlySpan<byte> rest = _writer.Complete();
        while (!rest.IsEmpty)
        {
            Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(rest, 7, out RecordHeader header, out int size));
            Records.Add(new TapeRecord(_position, header, rest.Slice(RecordHeader.Size, header.Length).ToArray()));
            _position += size;
            rest = rest[size..];
        }

        return this;
    }
}
