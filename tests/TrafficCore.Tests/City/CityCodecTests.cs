using TrafficCore.Pipeline.City;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.City;

public sealed class CityCodecTests
{
    private static readonly CityIndexRow Row = new()
    {
        City = "武汉", Start = -60_000, Length = 900_000, Revision = 7, Index = new CongestionIndex(8_333, 750_000, 4_000_000), Lengths = new LevelLengths(1, 0, 300, 1L << 40, 5), Approaches = 12,
        NetworkLength = 1L << 41, NetworkVersion = uint.MaxValue,
    };

    [Fact]
    public void Record_ReadsBackEqual_AndNamesNoIntersectionAsItsCause()
    {
        byte[] body = Encode(Row);
        Assert.Equal(Row, CityIndexCodec.Decode(body));
        Assert.Equal(new OutputHead(OutputHead.Outside, 0, "-"), OutputHeadCodec.Decode(body));
        for (int length = 0; length < body.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => CityIndexCodec.Decode(body.AsSpan(0, length)));
        }
    }

    [Fact]
    public void Record_Bytes_AreThoseOfTheDocumentedLayout()
    {
        CityIndexRow row = new()
        {
            City = "t", Start = 1, Length = 60_000, Revision = 2, Index = new CongestionIndex(300, 5, 1_000_000), Lengths = new LevelLengths(1, 2, 3, 4, 5), Approaches = 6, NetworkLength = 128, NetworkVersion = 9,
        };
        Assert.Equal(
            "FFFFFFFFFFFFFFFF" + "00000000" + "012D" + "0174" + "02" + "E0D403" + "02" + "AC02" + "05" + "C0843D" + "0102030405" + "06" + "8001" + "09", Convert.ToHexString(Encode(row)));
    }

    [Fact]
    public void State_SavedAndRead_GoesOnAsIfNothingHadHappened()
    {
        var rig = new CityRig();
        rig.PublishAll(CityRig.Start, speed: 45);
        rig.Step();
        rig.Publish("a", CityRig.Start + CityRig.Minute, ("n", 10, 30), ("s", 0, 0));
        rig.Step();
        var saved = rig.Save();
        rig.Restore(saved);
        Assert.Equal(saved.Bytes, rig.Save().Bytes);

        // Published, and unchanged: nothing is due. Waiting: still waiting, for b alone.
        Assert.Empty(rig.Step());
        rig.Publish("b", CityRig.Start + CityRig.Minute, ("n", 10, 30));
        Assert.Equal((1, 2), Assert.Single(rig.Step()) is var row ? (row.Revision, row.Approaches) : default);
        rig.Publish("b", CityRig.Start, ("n", 10, 30));
        Assert.Equal(2, Assert.Single(rig.Step()).Revision);
    }

    [Fact]
    public void State_OfAnotherVersionOrCut_IsNotTaken()
    {
        var rig = new CityRig();
        rig.PublishAll(CityRig.Start, speed: 45);
        rig.Step();
        byte[] bytes = rig.Save().Bytes;
        for (int length = 1; length < bytes.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Read(bytes.AsSpan(0, length)));
        }

        bytes[0]++;
        Assert.Null(Read(bytes));

        CityIndexState? Read(ReadOnlySpan<byte> part) => CityStateCodec.Read(part, new CityIndexOptions(), rig.Networks, rig.Time);
    }

    private static byte[] Encode(CityIndexRow row)
    {
        var writer = new BodyWriter();
        CityIndexCodec.Encode(writer, row);
        return writer.Written.ToArray();
    }
}
