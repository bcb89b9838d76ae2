using System.Text;
using TrafficCore.TestKit;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Tests.Readings;

public sealed class ReadingParserTests
{
    private readonly ReadingParser _parser = new();

    [Fact]
    public void Parse_UsualReading_GivesIntegers()
    {
        ParsedReading r = One("""{"ts":1700000000000,"interval":60000,"volume":12,"occupancy":8.1235,"speed":43.205,"seq":4294967297}""");
        Assert.Equal(1_700_000_000_000, r.Timestamp);
        Assert.Equal(60_000u, r.Interval);
        Assert.Equal(12u, r.Volume);
        Assert.Equal(8_124, r.Occupancy);
        Assert.Equal(4_321, r.Speed);
        Assert.Equal(1u, r.Sequence);
        Assert.Equal(ReadingFault.None, r.Fault);
    }

    [Theory]
    [InlineData("""{"volume":3.0}""")]
    [InlineData("""{"volume":3e0}""")]
    [InlineData("""{"volume":30e-1}""")]
    [InlineData("""{"volume":9,"volume":3}""")]
    [InlineData("""{"vol\u0075me":3}""")]
    [InlineData("""{"volume":3,"ts":null,"speed":null,"classes":null}""")]
    [InlineData("""{"volume":3,"lane":{"volume":8,"deep":[{"ts":1}]}}""")]
    [InlineData("\uFEFF{\"volume\":3}")]
    [InlineData("\r\n { \"volume\" : 3 }\n")]
    public void Parse_VolumeWrittenOtherwise_IsRead(string json)
    {
        ParsedReading r = One(json);
        Assert.Equal(ReadingFault.None, r.Fault);
        Assert.Equal(3u, r.Volume);
        Assert.Equal(ReadingFields.None, r.Present);
    }

    [Theory]
    [InlineData("""{}""", ReadingFault.BadVolume)]
    [InlineData("""{"volume":-1}""", ReadingFault.BadVolume)]
    [InlineData("""{"volume":2.5}""", ReadingFault.BadVolume)]
    [InlineData("""{"volume":"2"}""", ReadingFault.BadVolume)]
    [InlineData("""{"volume":null}""", ReadingFault.BadVolume)]
    [InlineData("""{"volume":1000001}""", ReadingFault.BadVolume)]
    [InlineData("""{"volume":1e999}""", ReadingFault.BadVolume)]
    [InlineData("""{"volume":1,"ts":1700000000000.5}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"volume":1,"ts":"2026-01-01T00:00:00Z"}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"volume":1,"ts":-5}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"volume":1,"ts":99999999999999999999}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"volume":1,"interval":0}""", ReadingFault.BadInterval)]
    [InlineData("""{"volume":1,"interval":false}""", ReadingFault.BadInterval)]
    [InlineData("""{"volume":"x","interval":0,"ts":[]}""", ReadingFault.BadTimestamp)]
    public void Parse_ImpossibleRequiredField_FaultsTheElement(string json, ReadingFault fault) => Assert.Equal(fault, One(json).Fault);

    [Theory]
    [InlineData("""{"volume":1,"occupancy":100.0005}""", ReadingFields.Occupancy)]
    [InlineData("""{"volume":1,"occupancy":-1}""", ReadingFields.Occupancy)]
    [InlineData("""{"volume":1,"speed":-1}""", ReadingFields.Speed)]
    [InlineData("""{"volume":1,"speed":250.005}""", ReadingFields.Speed)]
    [InlineData("""{"volume":1,"speed":"fast"}""", ReadingFields.Speed)]
    [InlineData("""{"volume":1,"seq":1.5}""", ReadingFields.Sequence)]
    [InlineData("""{"volume":1,"classes":{"car":1,"car":2}}""", ReadingFields.Classes)]
    [InlineData("""{"volume":1,"classes":{"heavy goods":1}}""", ReadingFields.Classes)]
    [InlineData("""{"volume":1,"classes":{"car":-1}}""", ReadingFields.Classes)]
    [InlineData("""{"volume":1,"classes":[1]}""", ReadingFields.Classes)]
    public void Parse_ImpossibleOptionalField_DropsTheField(string json, ReadingFields dropped)
    {
        ParsedReading r = One(json);
        Assert.Equal(ReadingFault.None, r.Fault);
        Assert.Equal(dropped, r.Dropped);
        Assert.Equal(ReadingFields.None, r.Present);
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(17, false)]
    public void Parse_ManyClasses_AreLimited(int count, bool kept)
    {
        string classes = string.Join(",", Enumerable.Range(0, count).Select(i => $"\"class_{i}\":{i}"));
        ParsedReading r = One("{\"volume\":1,\"classes\":{" + classes + "}}");
        Assert.Equal(kept, (r.Present & ReadingFields.Classes) != 0);
        Assert.Equal(kept ? count : 0, r.ClassCount);
    }

    [Fact]
    public void Parse_Classes_KeepNamesAndVolumes()
    {
        ParsedReading r = One("""{"volume":3,"classes":{"car":2,"b\u0075s":1}}""");
        string[] classes = [.. Enumerable.Range(r.ClassStart, r.ClassCount).Select(Class)];
        Assert.Equal(["car=2", "bus=1"], classes);

        string Class(int i) => $"{Encoding.UTF8.GetString(_parser.NameOf(_parser.Classes[i]))}={_parser.Classes[i].Volume}";
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("\uFEFF")]
    [InlineData("{\"volume\":1")]
    [InlineData("{\"volume\":1}x")]
    [InlineData("{\"volume\":NaN}")]
    [InlineData("[{\"volume\":1},]")]
    [InlineData("[{\"volume\":1},{\"volume\":01}]")]
    [InlineData("{\"volume\":1}\0")]
    [InlineData("volume=1")]
    public void Parse_NotJson_RejectsThePayloadAsOne(string payload)
    {
        Assert.Equal(PayloadStatus.BadJson, _parser.Parse(Encoding.UTF8.GetBytes(payload), namesDetectors: false));
        Assert.Equal(0, _parser.Readings.Length);
    }

    [Fact]
    public void Parse_NotUtf8_RejectsThePayloadAsOne() =>
        Assert.Equal(PayloadStatus.BadJson, _parser.Parse([.. "{\"volume\":1,\"x\":\""u8, 0xC3, 0x28, .. "\"}"u8], namesDetectors: false));

    [Theory]
    [InlineData("1")]
    [InlineData("\"reading\"")]
    [InlineData("null")]
    public void Parse_Scalar_IsOfTheWrongShape(string payload) =>
        Assert.Equal(PayloadStatus.BadShape, _parser.Parse(Encoding.UTF8.GetBytes(payload), namesDetectors: false));

    [Fact]
    public void Parse_Array_JudgesElementByElement()
    {
        byte[] payload = Encoding.UTF8.GetBytes("""[{"detector":"d1","volume":1}, 7, {"detector":"d 2","volume":1}, {"volume":1}, {"detector":"d3"}]""");
        Assert.Equal(PayloadStatus.Ok, _parser.Parse(payload, namesDetectors: true));
        Assert.Equal(
            [ReadingFault.None, ReadingFault.BadShape, ReadingFault.BadDetector, ReadingFault.BadDetector, ReadingFault.BadVolume],
            _parser.Readings.ToArray().Select(r => r.Fault));
        ParsedReading second = _parser.Readings[2];
        Assert.Equal("""{"detector":"d 2","volume":1}""", Encoding.UTF8.GetString(payload, second.Offset, second.Length));
        Assert.Equal("d1", Encoding.UTF8.GetString(_parser.DetectorOf(_parser.Readings[0])));
    }

    [Fact]
    public void Parse_MoreElementsThanARecordHolds_IsTooLarge()
    {
        string array = "[" + string.Join(",", Enumerable.Repeat("{\"volume\":1}", ReadingLimits.MaxElements + 1)) + "]";
        Assert.Equal(PayloadStatus.TooLarge, _parser.Parse(Encoding.UTF8.GetBytes(array), namesDetectors: false));
        Assert.Equal(0, _parser.Readings.Length);
    }

    [Fact]
    public void Parse_EmptyArray_HoldsNothing()
    {
        Assert.Equal(PayloadStatus.Ok, _parser.Parse("[]"u8, namesDetectors: false));
        Assert.Equal(0, _parser.Readings.Length);
    }

    [Theory]
    [InlineData("""{"ts":1700000000000,"interval":60000,"volume":12,"occupancy":8.5,"speed":43.2,"seq":17}""")]
    [InlineData("""{"seq":17,"ts":1700000000000,"interval":60000,"volume":12,"classes":{"car":2,"bus":1},"note":"x"}""")]
    [InlineData("""{"broken":""")]
    public void Parse_Repeated_AllocatesNothing(string json)
    {
        byte[] payload = Encoding.UTF8.GetBytes(json);
        Run(2_000);
        Assert.Equal(0, Allocations.Least(() => Run(20_000)));

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _parser.Parse(payload, namesDetectors: false);
            }
        }
    }

    private ParsedReading One(string json)
    {
        Assert.Equal(PayloadStatus.Ok, _parser.Parse(Encoding.UTF8.GetBytes(json), namesDetectors: false));
        Assert.Equal(1, _parser.Readings.Length);
        return _parser.Readings[0];
    }
}
