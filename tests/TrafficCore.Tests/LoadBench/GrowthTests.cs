using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using TrafficCore.LoadBench;
using TrafficCore.LoadBench.Fleet;
using TrafficCore.LoadBench.Growth;

namespace TrafficCore.Tests.LoadBench;

public sealed class GrowthTests
{
    private static readonly GrowthMeasurement[] Runs =
    [
        Run(GrowthMeasurement.Intersections, 10, 20), Run(GrowthMeasurement.Intersections, 10, 22), Run(GrowthMeasurement.Intersections, 10, 30),
        Run(GrowthMeasurement.Intersections, 10_000, 28), Run(GrowthMeasurement.Connections, 50, 10), Run(GrowthMeasurement.Connections, 500, 14), Run(GrowthMeasurement.Shards, 1, 1),
    ];

    [Fact]
    public void Judge_MeasuredSizes_ComparesMedians()
    {
        var verdicts = GrowthSeries.All.SelectMany(static s => s.Judge(Runs)).ToArray();

        Assert.Equal([true, false], verdicts.Select(static v => v.Holds));
        Assert.Contains("1.27 times", verdicts[0].Text, StringComparison.Ordinal);
        Assert.Contains("1.40 times", verdicts[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_WrittenAndRead_IsTheSame() => Assert.Equal(Runs, BenchReport.Read<GrowthMeasurement>(BenchReport.Json(Runs)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"runs":[]}""")]
    public void Json_WithoutRuns_IsNoResult(string json) => Assert.Throws<BenchException>(() => BenchReport.Read<GrowthMeasurement>(json));

    [Fact]
    public void Chart_Medians_AreWhereTheirScaleSays()
    {
        var svg = XDocument.Parse(GrowthChart.Svg(Runs));

        var circles = svg.Descendants().Where(static e => e.Name.LocalName == "circle").ToArray();
        Assert.Equal(5, circles.Length);

        // The dearest is 30, so the scale ends at 40 and 22 is 110 of 200 above its foot at 240; 28 is 140.
        Assert.Equal([130.0, 100.0], circles.Take(2).Select(static c => double.Parse(c.Attribute("cy")!.Value, CultureInfo.InvariantCulture)));
        Assert.Equal(2, svg.Descendants().Count(static e => e.Attribute("stroke-dasharray") is not null));
    }

    [Fact]
    public void Table_EachSize_HasItsRatioToTheFirst()
    {
        var rows = GrowthTable.Markdown(Runs).ToArray();

        Assert.Equal(7, rows.Length);
        Assert.Equal("| 10,000 intersections | 28.00 (28.00 - 28.00) | 1.27 | 5.00 (5.00 - 5.00) | 100 | 4,000 |", rows[3]);
        Assert.All(rows, static row => Assert.Equal(7, Regex.Count(row, @"\|")));
    }

    [Fact]
    public void Fleet_VolumesOfAllIntersections_AreTheSumOfAllReadings()
    {
        var plan = new FleetPlan("x", 7, 3, FleetPlan.StartBefore(DateTimeOffset.FromUnixTimeMilliseconds(1_763_802_012_345), 5));
        var expected = Enumerable.Range(0, 5).Sum(pass => Enumerable.Range(0, plan.Devices).Sum(device => (long)((device + pass) % 10)));

        Assert.Equal(expected, Enumerable.Range(0, plan.Intersections).Sum(i => plan.VolumeOf(i, 5)));
        Assert.Equal("traffic/v1/x-00002/detector/d-03", plan.TopicOf(8));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1_763_802_000_000), plan.TimeOf(5) + TimeSpan.FromMinutes(1));
    }

    private static GrowthMeasurement Run(string series, int size, double cost) => new(series, size, 1, 4_000, cost, 100, 5);
}
