using System.Globalization;
using System.Text;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Storage.Influx;

public sealed class FlowLinesTests
{
    [Fact]
    public void Write_DetectorRowWithEverything_MatchesTheContract()
    {
        FlowRow row = new()
        {
            Level = FlowLevel.Detector, Intersection = "int-0001", Id = "d-01", Start = 1_700_000_040_000, Length = 60_000, Revision = 2,
            Readings = 12, Expected = 12, Volume = 9, ObservedMs = 60_000, ExpectedMs = 60_000, OccupancyWeighted = 12_345L * 60_000, OccupancyMs = 60_000,
            SpeedWeighted = 9 * 4_567, SpeedVehicles = 9, FlowRateMilli = 540_000, Health = RowHealth.StuckOn,
        };

        Assert.Equal(
            "detector_flow,intersection=int-0001,detector=d-01,window=60s readings=12i,revision=2i,volume=9i,flow_rate=540,occupancy=12.345,"
            + "speed=45.67,expected=12i,coverage=1,health=\"stuck-on\" 1700000040000\n",
            Encode(row));
    }

    [Fact]
    public void Write_IntersectionRowWithEverything_MatchesTheContract()
    {
        FlowRow row = new()
        {
            Level = FlowLevel.Intersection, Intersection = "int-0001", Id = "int-0001", Start = 1_700_000_100_000, Length = 900_000, Revision = 1,
            Readings = 30, Expected = 40, Volume = 100, ObservedMs = 675_000, ExpectedMs = 900_000, FlowRateMilli = 533_333,
            Classes = [new ClassVolume("bus", 2), new ClassVolume("heavy truck", 1)], PcuMilli = 103_500,
            SpeedRatioMilli = 512, ServiceLevel = 3, LevelMethod = "hcm7-speed-ratio",
        };

        Assert.Equal(
            "intersection_flow,intersection=int-0001,window=900s readings=30i,revision=1i,volume=100i,flow_rate=533.333,expected=40i,coverage=0.75,"
            + "pcu=103.5,class_bus=2i,class_heavy\\ truck=1i,level_of_service=\"C\",level=3i,los_method=\"hcm7-speed-ratio\",speed_ratio=0.512 1700000100000\n",
            Encode(row));
    }

    [Fact]
    public void Write_NothingKnown_LeavesTheFieldsOut()
    {
        FlowRow row = new() { Level = FlowLevel.Approach, Intersection = "i", Id = "n", Start = -60_000, Length = 1_500, Revision = 1 };

        Assert.Equal("approach_flow,intersection=i,approach=n,window=1500ms readings=0i,revision=1i -60000\n", Encode(row));
    }

    [Fact]
    public void Thousandths_AnyNumber_HasTheDigitsOfTheDouble()
    {
        var random = new Random(2026);
        foreach (long value in Enumerable.Range(0, 20_000).Select(static i => (long)i).Concat(Enumerable.Range(0, 20_000).Select(_ => random.NextInt64(1L << random.Next(1, 62))))
            .Concat([-1, -1500, 999_999_999_999_999, 1_000_000_000_000_000, long.MaxValue]))
        {
            LineBuffer line = new();
            line.Thousandths(value);
            Assert.Equal((value / 1000.0).ToString(CultureInfo.InvariantCulture), Encoding.UTF8.GetString(line.Written.Span));
        }
    }

    // Sums whose division leaves a rest and such whose does not: both are the double that the API tells.
    [Fact]
    public void Write_AnySums_ReadBackAsTheRowsValues()
    {
        var random = new Random(2026);
        for (int i = 0; i < 5_000; i++)
        {
            long weight = 1 + random.Next(10_000), vehicles = 1 + random.Next(50), expected = 1 + random.Next(900_000);
            FlowRow row = new()
            {
                Level = FlowLevel.Detector, Intersection = "i", Id = "d", Start = 0, Length = 60_000, Revision = 1, ObservedMs = random.NextInt64(expected * 2), ExpectedMs = expected,
                OccupancyMs = weight, OccupancyWeighted = random.Next(2) == 0 ? weight * random.Next(100_001) : random.NextInt64(weight * 100_000),
                SpeedVehicles = vehicles, SpeedWeighted = random.Next(2) == 0 ? vehicles * random.Next(20_000) : random.NextInt64(vehicles * 20_000),
            };
            string line = Encode(row);
            Assert.Contains($",occupancy={Text(row.Occupancy)},speed={Text(row.Speed)},coverage={Text(row.Coverage)}", line, StringComparison.Ordinal);
        }

        static string Text(double? value) => value!.Value.ToString(CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("a b", "a\\ b")]
    [InlineData("a,b=c", "a\\,b\\=c")]
    [InlineData("back\\", "back_")]
    [InlineData("two\nlines", "two_lines")]
    [InlineData("路口 1", "路口\\ 1")]
    public void Name_SpecialCharacters_AreEscapedOrReplaced(string name, string expected)
    {
        LineBuffer line = new();
        line.Name(name);

        Assert.Equal(expected, Encoding.UTF8.GetString(line.Written.Span));
    }

    [Theory]
    [InlineData("plain", "\"plain\"")]
    [InlineData("say \"hi\"", "\"say \\\"hi\\\"\"")]
    [InlineData("c:\\dir\\", "\"c:\\\\dir\\\\\"")]
    [InlineData("", "\"\"")]
    [InlineData("\\\"", "\"\\\\\\\"\"")]
    public void Text_QuotesAndBackslashes_AreEscaped(string text, string expected)
    {
        LineBuffer line = new();
        line.Text(text);

        Assert.Equal(expected, Encoding.UTF8.GetString(line.Written.Span));
    }

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e21, "1E+21")]
    [InlineData(12.0, "12")]
    [InlineData(-3.5, "-3.5")]
    public void Float_IsShortestAndInvariant(double value, string expected)
    {
        LineBuffer line = new();
        line.Float(value);

        Assert.Equal(expected, Encoding.UTF8.GetString(line.Written.Span));
    }

    [Fact]
    public void Write_RandomRows_ReadBackByAStrictParser()
    {
        RandomRows rows = new(seed: 11);
        LineBuffer line = new();
        for (int i = 0; i < 3_000; i++)
        {
            FlowRow row = rows.Next((FlowLevel)(i % 3 + 1), $"int {i % 7}", $"d=,{i}", i * 60_000L, 60_000, i % 5 + 1);
            line.Clear();
            FlowLines.Write(line, row);

            LinePoint point = Assert.Single(LineProtocolParser.Parse(line.Written.Span));

            Assert.Equal(row.Start, point.Timestamp);
            Assert.Equal(PointOf.Tags(row), point.Tags);
            Assert.Equal(PointOf.Fields(row), point.Fields);
        }
    }

    [Fact]
    public void Write_Warm_AllocatesNothing()
    {
        FlowRow row = new RandomRows(3).Next(FlowLevel.Approach, "int-1", "north bound", 0, 60_000);
        LineBuffer line = new();
        FlowLines.Write(line, row);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 1_000; i++)
            {
                line.Clear();
                FlowLines.Write(line, row);
            }
        }));
    }

    [Fact]
    public void TryWrite_PlaceWithoutName_WritesWhatIsKnown()
    {
        LineBuffer line = new();

        Assert.True(new IntersectionInfo("i-1", null, 114.32, 29.84).TryWrite(line, 5));
        Assert.True(new IntersectionInfo("i-2", "Main \"St\"", null, null).TryWrite(line, 6));
        Assert.False(new IntersectionInfo("i-3", null, null, null).TryWrite(line, 7));
        Assert.Equal(
            "intersection_info,intersection=i-1 lon=114.32,lat=29.84 5\nintersection_info,intersection=i-2 name=\"Main \\\"St\\\"\" 6\n",
            Encoding.UTF8.GetString(line.Written.Span));
    }

    private static string Encode(FlowRow row)
    {
        LineBuffer line = new();
        FlowLines.Write(line, row);
        return Encoding.UTF8.GetString(line.Written.Span);
    }
}
