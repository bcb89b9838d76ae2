using System.Text;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.TestKit.Ingest;
using TrafficCore.Traffic.Network;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Tests.Ingest;

public sealed class InputRecordTests
{
    private const uint Salt = 77;

    [Fact]
    public void Write_EveryKind_ReadsBackTheSame()
    {
        InputRecordWriter writer = Everything();
        Assert.Equal(
            [
                "Readings #1@1000+60000 v5 o100000 s4321 q7 #2@2000+0 v0 ServerTime, HasClasses | 1:car=4 | 1:bus=1 | packet 9 gate",
                "Events #3 seq=12 [5,82,1] [6,1,-1] | packet 10 gate",
                "Events #3 unjudged ",
                "Rejection #4 detector a/d bad-json {oops | packet 11 gate",
                "Rejection #0 unknown -/- unknown-topic x | Topic traffic/v1/?",
                "Readings #1@3000+0 v1",
                "Observations #8@4000 [1250,-35,-,0] ServerTime #8@5000 [-,-,-,-2147483648] | packet 12 gate",
                "PacketReceived 1 gate", "PacketReleased 1 gate", "SessionDiscarded gate", "ClockAlarm on", "Tick",
                "Device #5 detector a/5 Learnt, Channel",
                "Network v2 #6 detector a/x; #7 board a/y; json=2",
            ],
            RecordText.Of(writer.Complete(), Salt));
    }

    [Fact]
    public void Write_Headers_CountWhatTheLedgerCounts()
    {
        ReadOnlySpan<byte> records = Everything().Complete();
        var counts = new List<int>();
        while (!records.IsEmpty)
        {
            Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(records, Salt, out RecordHeader header, out int size));
            Assert.Equal((123L, 45L), (header.ReceivedMs, header.ElapsedMs));
            Assert.Equal(0, size % 8);
            counts.Add(header.Count);
            records = records[size..];
        }

        Assert.Equal([2, 2, 0, 1, 1, 1, 2, 0, 0, 0, 0, 0, 0, 0], counts);
    }

    [Fact]
    public void Read_AnyTruncation_IsRefusedOrShorterWithoutThrowing()
    {
        int refused = 0;
        ForEachBody((header, body) =>
        {
            for (int length = 0; length < body.Length; length++)
            {
                refused += TryRead(header, body.AsSpan(0, length)) ? 0 : 1;
            }
        });
        Assert.True(refused > 300, $"{refused}");
    }

    [Fact]
    public void Read_AnyMutation_NeverThrows()
    {
        var random = new Random(3);
        ForEachBody((header, body) =>
        {
            for (int round = 0; round < 3_000 && body.Length > 0; round++)
            {
                byte[] mutated = [.. body];
                for (int flips = random.Next(1, 4); flips > 0; flips--)
                {
                    mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
                }

                RecordHeader other = header;
                other.Count = random.Next(3) == 0 ? random.Next(-2, 5) : other.Count;
                TryRead(other, mutated);
            }
        });
    }

    [Fact]
    public void Read_UnknownVersion_IsRefused() => ForEachBody((header, body) =>
    {
        header.Version = 3;
        Assert.True((RecordType)header.Type == RecordType.Tick || !TryRead(header, body));
    });

    [Fact]
    public void Read_UnknownTrailerItem_IsSkipped()
    {
        var header = new RecordHeader { Version = 1, Type = (byte)RecordType.Readings, Count = 0 };
        Assert.True(InputRecordReader.TryReadings(header, [200, 2, 0, 0, 1, 2], out EntriesView<ReadingEntry> view));
        Assert.Equal(0, view.Entries.Length);
        Assert.False(InputRecordReader.TryReadings(header, [200, 3, 0, 0, 1, 2], out _));
    }

    [Fact]
    public void AddObservation_Bytes_AreThoseOfTheDocumentedLayout()
    {
        InputRecordWriter writer = Begin();
        writer.AddObservation(new ObservationEntry
        {
            Timestamp = 0x0102030405060708, Device = 0x11121314, Flags = ReadingFlags.ServerTime | ReadingFlags.Unjudged,
            Values = new ObservedValues { [0] = 0x21222324, [1] = -2, [2] = null, [3] = 0x41424344 },
        });
        ReadOnlySpan<byte> record = writer.Complete();
        Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(record, Salt, out RecordHeader header, out _));
        Assert.Equal((11, 1, 1, 32), (header.Type, header.Version, header.Count, header.Length));
        Assert.Equal("0807060504030201" + "14131211" + "0600" + "24232221" + "FEFFFFFF" + "00000000" + "44434241" + "0B00", Convert.ToHexString(record.Slice(RecordHeader.Size, header.Length)));
    }

    [Fact]
    public void ReadRejection_ReasonThatIsNoLongerGiven_IsReadByItsName()
    {
        // Device 0, kind environment, "-", "-", not-supported, payload {}, topic: as written before environment payloads were taken in.
        byte[] body = [0, 0, 0, 0, 4, 1, (byte)'-', 1, (byte)'-', 13, .. "not-supported"u8, 2, 0, 0, 0, .. "{}"u8, 3, 8, 0, 0, .. "traffic/"u8];
        var header = new RecordHeader { Version = 1, Type = (byte)RecordType.Rejection, Count = 1 };
        Assert.True(InputRecordReader.TryRejection(header, body, out RejectionView view));
        Assert.Equal(("not-supported", DeviceKind.Environment, "traffic/"), (Encoding.UTF8.GetString(view.Reason), view.Kind, Encoding.UTF8.GetString(view.Topic)));
    }

    [Fact]
    public void AddRejection_LongPayload_IsCut()
    {
        InputRecordWriter writer = Begin();
        writer.AddRejection(1, DeviceKind.Detector, "a", "b", RejectionReason.BadJson, new byte[100_000], default);
        ReadOnlySpan<byte> record = writer.Complete();
        Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(record, Salt, out RecordHeader header, out _));
        Assert.True(InputRecordReader.TryRejection(header, record.Slice(RecordHeader.Size, header.Length), out RejectionView view));
        Assert.Equal(InputRecordWriter.MaxRejectedPayload, view.Payload.Length);
    }

    [Fact]
    public void AddReading_MoreThanARecordHolds_StartsAnother()
    {
        InputRecordWriter writer = Begin();
        for (int i = 0; i <= InputRecordWriter.MaxEntries; i++)
        {
            writer.AddReading(new ReadingEntry { Volume = (uint)i });
        }

        ReadOnlySpan<byte> records = writer.Complete();
        Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(records, Salt, out RecordHeader first, out int size));
        Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(records[size..], Salt, out RecordHeader second, out _));
        Assert.Equal((InputRecordWriter.MaxEntries, 1), (first.Count, second.Count));
    }

    private static InputRecordWriter Begin()
    {
        var writer = new InputRecordWriter();
        writer.Begin(Salt, 123, 45);
        return writer;
    }

    private static InputRecordWriter Everything()
    {
        InputRecordWriter writer = Begin();
        writer.AddReading(new ReadingEntry { Device = 1, Timestamp = 1000, Interval = 60_000, Volume = 5, Occupancy = 100_000, Speed = 4321, Sequence = 7, Flags = ReadingFlags.HasSequence });
        writer.AddReading(new ReadingEntry { Device = 2, Timestamp = 2000, Occupancy = ReadingEntry.NoOccupancy, Speed = ReadingEntry.NoSpeed, Flags = ReadingFlags.ServerTime });
        writer.AddClass("car"u8, 4);
        writer.AddClass("bus"u8, 1);
        Assert.True(writer.AddOrigin(9, "gate"u8));
        writer.BeginEvents(new EventsHeader { Controller = 3, Sequence = 12, Flags = EventsFlags.HasSequence });
        writer.AddEvent(new EventEntry { Timestamp = 5, Code = 82, Parameter = 1 });
        writer.AddEvent(new EventEntry { Timestamp = 6, Code = 1, Parameter = -1 });
        writer.AddOrigin(10, "gate"u8);
        writer.BeginEvents(new EventsHeader { Controller = 3, Flags = EventsFlags.Unjudged });
        writer.AddRejection(4, DeviceKind.Detector, "a", "d", RejectionReason.BadJson, "{oops"u8, default);
        writer.AddOrigin(11, "gate"u8);
        writer.AddRejection(0, DeviceKind.Unknown, "-", "-", RejectionReason.UnknownTopic, "x"u8, "traffic/v1/?"u8);
        writer.AddReading(new ReadingEntry { Device = 1, Timestamp = 3000, Volume = 1, Occupancy = ReadingEntry.NoOccupancy, Speed = ReadingEntry.NoSpeed });
        writer.AddObservation(new ObservationEntry { Device = 8, Timestamp = 4000, Flags = ReadingFlags.ServerTime, Values = new ObservedValues { [0] = 1250, [1] = -35, [3] = 0 } });
        writer.AddObservation(new ObservationEntry { Device = 8, Timestamp = 5000, Values = new ObservedValues { [3] = int.MinValue } });
        writer.AddOrigin(12, "gate"u8);
        writer.AddPacket(RecordType.PacketReceived, 1, "gate"u8);
        writer.AddPacket(RecordType.PacketReleased, 1, "gate"u8);
        writer.AddSessionDiscarded("gate"u8);
        writer.AddClockAlarm(on: true);
        writer.AddTick();
        writer.AddDevice(5, DeviceKind.Detector, DeviceFlags.Learnt | DeviceFlags.Channel, "a", "5");
        writer.BeginNetwork(2, 2);
        writer.AddDeviceLine(6, DeviceKind.Detector, DeviceFlags.None, "a", "x");
        writer.AddDeviceLine(7, DeviceKind.Board, DeviceFlags.None, "a", "y");
        writer.AddNetworkFile(NetworkFile.Of("{}"u8, RoadNetwork.Empty));
        return writer;
    }

    [Fact]
    public void Network_RecordOfTheFirstVersion_HoldsTheFileAsItIs()
    {
        byte[] body = [7, 0, 0, 0, 0, 0, 0, 0, .. "{}"u8];

        Assert.True(InputRecordReader.TryNetwork(new RecordHeader { Version = 1 }, body, out NetworkView view));
        Assert.Equal((7u, 0, "{}"), (view.Version, view.DeviceCount, Encoding.UTF8.GetString(view.File)));
        Assert.True(InputRecordReader.TryNetwork(new RecordHeader { Version = 2 }, body, out NetworkView packed));
        Assert.Null(new NetworkFiles().Find(packed));
        Assert.False(InputRecordReader.TryNetwork(new RecordHeader { Version = 3 }, body, out _));
    }

    private static void ForEachBody(Action<RecordHeader, byte[]> action)
    {
        byte[] records = Everything().Complete().ToArray();
        for (int offset = 0; offset < records.Length;)
        {
            RecordCodec.TryRead(records.AsSpan(offset), Salt, out RecordHeader header, out int size);
            action(header, records[(offset + RecordHeader.Size)..(offset + RecordHeader.Size + header.Length)]);
            offset += size;
        }
    }

    // Reads and walks everything that a reader can reach.
    private static bool TryRead(RecordHeader header, ReadOnlySpan<byte> body)
    {
        switch ((RecordType)header.Type)
        {
            case RecordType.Readings:
                return InputRecordReader.TryReadings(header, body, out EntriesView<ReadingEntry> readings) && Walk(readings.Trailer) && readings.Entries.Length == header.Count;
            case RecordType.Observations:
                return InputRecordReader.TryObservations(header, body, out EntriesView<ObservationEntry> observations) && Walk(observations.Trailer)
                    && observations.Entries.Length == header.Count;
            case RecordType.Events:
                return InputRecordReader.TryEvents(header, body, out EventsView events) && Walk(events.Trailer) && events.Entries.Length == header.Count;
            case RecordType.Rejection:
                return InputRecordReader.TryRejection(header, body, out RejectionView rejection) && Walk(rejection.Trailer)
                    && Encoding.UTF8.GetString(rejection.Reason).Length >= 0 && rejection.Topic.Length >= 0;
            case RecordType.Device:
                return InputRecordReader.TryDevice(header, body, out _);
            case RecordType.Network:
                if (!InputRecordReader.TryNetwork(header, body, out NetworkView network))
                {
                    return false;
                }

                int devices = 0;
                foreach (DeviceView _ in network.Devices)
                {
                    devices++;
                }

                Assert.Equal(network.DeviceCount, devices);
                return true;
            case RecordType.PacketReceived or RecordType.PacketReleased:
                return InputRecordReader.TryPacket(header, body, out _);
            case RecordType.SessionDiscarded:
                return InputRecordReader.TrySessionDiscarded(header, body, out _);
            default:
                return InputRecordReader.TryClockAlarm(header, body, out _);
        }
    }

    private static bool Walk(RecordTrailer trailer)
    {
        foreach (RecordTrailer item in trailer)
        {
            item.TryClassVolume(out _);
            item.TryOrigin(out _);
        }

        return true;
    }
}
