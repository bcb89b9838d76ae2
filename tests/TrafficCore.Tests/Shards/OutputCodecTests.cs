using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Shards;

public sealed class OutputCodecTests
{
    private static readonly FlowRow Full = new()
    {
        Intersection = "int-0001", Id = "d-01", Level = FlowLevel.Detector, Start = -60_000, Length = 60_000, Revision = 3, Readings = 2,
        Expected = 4, Volume = 1L << 40, ObservedMs = 60_000, ExpectedMs = 120_000, OccupancyWeighted = 99, OccupancyMs = 7, SpeedWeighted = 5,
        SpeedVehicles = 4, FlowRateMilli = 12, Classes = [new ClassVolume("bus", 0), new ClassVolume("car", 9)], PcuMilli = 9000,
        FreeFlowSpeedCenti = 5000, SpeedRatioMilli = 801, ServiceLevel = 2, LevelMethod = "hcm7-speed-ratio", Health = RowHealth.Chatter,
    };

    private const string VersionOne = "0700000000000000000000000178C0A907E0D403010301780092060203E0D4030909A09902A006020B73706565642D726174696F";

    private static readonly FlowRow Empty = new()
    {
        Intersection = "int-0001", Id = "n", Level = FlowLevel.Approach, Start = -60_000, Length = 60_000, Revision = 1,
    };

    [Fact]
    public void Window_AllFieldsOrNone_ReadBackEqual()
    {
        var head = new OutputHead(1L << 50, 3, "int-0001");
        byte[] body = WindowRecordCodec.Encode(new WindowRecord(head, -60_000, 60_000, [Full, Empty]));
        WindowRecord back = WindowRecordCodec.Decode(body);

        Assert.Equal((head, -60_000L, 60_000L), (back.Head, back.Start, back.Length));
        Assert.Equal(Full.Classes, back.Rows[0].Classes);
        Assert.Equal(Full, back.Rows[0] with { Classes = Full.Classes });
        Assert.Equal(Empty, back.Rows[1] with { Classes = Empty.Classes });
        Assert.Equal(head, OutputHeadCodec.Decode(body));
    }

    [Fact]
    public void Window_DecodedForOneLevel_PassesOverTheOthersWhateverTheyHold()
    {
        FlowRow[] rows =
        [
            Full, Full with { Classes = [] }, Full with { Level = FlowLevel.Approach, Id = "n" }, Full with { OccupancyMs = 0, SpeedVehicles = 0, LevelMethod = null, ServiceLevel = null },
            Empty, Empty with { Level = FlowLevel.Intersection, Expected = 1 }, Empty with { Id = "s" }, Full with { Level = FlowLevel.Intersection, Volume = null },
        ];
        byte[] body = WindowRecordCodec.Encode(new WindowRecord(new OutputHead(7, 1, "int-0001"), -60_000, 60_000, rows));

        foreach (FlowLevel level in Enum.GetValues<FlowLevel>())
        {
            WindowRecord? chosen = WindowRecordCodec.Decode(body, new WindowSelection(static (id, length) => (id, length) == ("int-0001", 60_000), level));
            Assert.Equal(WindowRecordCodec.Decode(body).Rows.Where(r => r.Level == level).Select(Text), chosen!.Rows.Select(Text));
        }

        Assert.Equal(rows.Length, WindowRecordCodec.Decode(body, new WindowSelection(static (_, _) => true))!.Rows.Count);
        Assert.Null(WindowRecordCodec.Decode(body, new WindowSelection(static (_, _) => false)));
        Assert.Null(WindowRecordCodec.Decode(WindowRecordCodec.Encode(new WindowRecord(new OutputHead(7, 1, "x"), 0, 60_000, [Full])), new WindowSelection(static (_, _) => true, FlowLevel.Approach)));
        static string Text(FlowRow row) => $"{row with { Classes = [] }} {string.Join(',', row.Classes)}";
    }

    // Bytes as the program before wrote them: an intersection's row judged by the one method it had.
    [Fact]
    public void Window_OfVersionOne_IsReadWithTheNameThatItsMethodHasNow()
    {
        WindowRecord record = WindowRecordCodec.Decode(Convert.FromHexString(VersionOne));
        FlowRow row = Assert.Single(record.Rows);

        Assert.Equal(new OutputHead(7, 0, "x"), record.Head);
        Assert.Equal(
            new FlowRow
            {
                Intersection = "x", Id = "x", Level = FlowLevel.Intersection, Start = 60_000, Length = 60_000, Revision = 2, Readings = 3, Volume = 9, ObservedMs = 60_000,
                SpeedWeighted = 36_000, SpeedVehicles = 9, SpeedRatioMilli = 800, ServiceLevel = 2, LevelMethod = "hcm7-speed-ratio", Classes = row.Classes,
            },
            row);
        Assert.Empty(row.Classes);
    }

    [Fact]
    public void Window_CutAnywhere_IsInvalidData()
    {
        byte[] body = WindowRecordCodec.Encode(new WindowRecord(new OutputHead(1, 0, "x"), 0, 60_000, [Full with { Intersection = "x" }]));
        for (int length = 0; length < body.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => WindowRecordCodec.Decode(body.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Observation_AnyValues_ReadsBackEqual()
    {
        ObservedValues[] all =
        [
            new() { [0] = 0 }, new() { [1] = -30_000 }, new() { [0] = 300_000, [1] = 30_000, [2] = 1_000_000, [3] = -10_000 },
            new() { [3] = int.MinValue, [0] = int.MaxValue },
        ];
        foreach (Observation observation in all.Select(values => new Observation(ObservationKind.Environment, "int-0001", "w-1", -5, values))
            .Append(new Observation(ObservationKind.Parking, "int-0001", "p-1", InputTape.Origin, new ObservedValues { [1] = 57 })))
        {
            var head = new OutputHead(1L << 50, 3, "int-0001");
            Assert.Equal(new ObservationRecord(head, observation), ObservationRecordCodec.Decode(Encode(head, observation)));
        }
    }

    [Fact]
    public void Observation_Bytes_AreThoseOfTheDocumentedLayout()
    {
        var observation = new Observation(ObservationKind.Environment, "x", "w", 1, new ObservedValues { [1] = -35, [3] = 300 });
        Assert.Equal("0807060504030201" + "09000000" + "0178" + "04" + "0177" + "02" + "0A" + "45" + "D804", Convert.ToHexString(Encode(new OutputHead(0x0102030405060708, 9, "x"), observation)));
    }

    [Fact]
    public void Observation_CutAnywhereOrOfAnUnknownKind_IsInvalidData()
    {
        byte[] body = Encode(new OutputHead(1, 0, "x"), new Observation(ObservationKind.Parking, "x", "p", InputTape.Origin, new ObservedValues { [0] = 9, [1] = 700 }));
        for (int length = 0; length < body.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => ObservationRecordCodec.Decode(body.AsSpan(0, length)));
        }

        body[14] = (byte)DeviceKind.Board;
        Assert.Throws<InvalidDataException>(() => ObservationRecordCodec.Decode(body));
    }

    private static byte[] Encode(OutputHead head, Observation observation)
    {
        var writer = new BodyWriter();
        ObservationRecordCodec.Encode(writer, head, observation);
        return writer.Written.ToArray();
    }

    [Fact]
    public void Quarantine_ReadsBackEqual()
    {
        var record = new QuarantineRecord(
            new OutputHead(9, 0, "x"), InputTape.Origin, DeviceKind.Detector, "x", "a", "bad-json", "traffic/v1/x", new byte[] { 1, 2, 3 });
        var writer = new BodyWriter();
        QuarantineRecordCodec.Encode(writer, record);
        QuarantineRecord back = QuarantineRecordCodec.Decode(writer.Written);

        Assert.Equal(record with { Payload = default }, back with { Payload = default });
        Assert.Equal(record.Payload.ToArray(), back.Payload.ToArray());
    }
}
