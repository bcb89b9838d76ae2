using System.Text;
using TrafficCore.Simulators.Load;

namespace TrafficCore.Tests.Simulators.Load;

public sealed class LoadLayoutTests
{
    [Theory]
    [InlineData(20, null, 10, 1, false, 20)]
    [InlineData(7, 4, 8, 1, false, 32)]
    [InlineData(3, 2, 5, 4, true, 10)]
    [InlineData(4, null, 10, 6, true, 40)]
    public void Connections_Together_SpeakForEveryDetectorOnce(int connections, int? intersections, int perIntersection, int batch, bool byIntersection, int detectors)
    {
        var mix = new LoadMix { Batch = batch, ByIntersection = byIntersection };
        var layout = new LoadLayout(new LoadOptions { Connections = connections, Intersections = intersections, DetectorsPerIntersection = perIntersection, Mix = mix, Prefix = "t", Shape = new LoadShape { Rate = 10 } });

        var spoken = Enumerable.Range(0, connections).SelectMany(c => layout.UnitsOf(c, mix)).SelectMany(Names).ToList();

        Assert.Equal(detectors, layout.Detectors);
        Assert.Equal(detectors, spoken.Distinct().Count());
        Assert.Equal(detectors, spoken.Count);
        Assert.Equal(layout.Devices(mix).Order(), spoken.Order());
        Assert.All(Enumerable.Range(0, connections), c => Assert.NotEmpty(layout.UnitsOf(c, mix)));
        Assert.Null(layout.Problem());
    }

    [Theory]
    [InlineData(11, 1, 10, 100, 1, "more connections")]
    [InlineData(1, 1, 1, 1000, 1, "250")]
    [InlineData(1, 1, 10, 1000, 10, "250")]
    public void Problem_TooFewDetectors_IsSaid(int connections, int intersections, int perIntersection, int rate, int batch, string expected)
    {
        var options = new LoadOptions
        {
            Connections = connections,
            Intersections = intersections,
            DetectorsPerIntersection = perIntersection,
            Shape = new LoadShape { Rate = rate },
            Mix = new LoadMix { Batch = batch },
        };

        Assert.Contains(expected == "250" ? "more than 250" : "have only 10 detectors", new LoadLayout(options).Problem(), StringComparison.Ordinal);
    }

    [Fact]
    public void Devices_OfEveryKind_AreNamedAsTheLedgerNamesThem()
    {
        var mix = new LoadMix { Events = 0.1, Environment = 0.1, Parking = 0.1 };
        var layout = new LoadLayout(new LoadOptions { Connections = 2, Mix = mix, Prefix = "t", Shape = new LoadShape { Rate = 10 } });

        Assert.Equal(
            ["t-0001/detector/d-01", "t-0001/detector/d-02", "t-0001/controller/c-1", "t-0001/environment/e-1", "t-0001/parking/p-1", "t-0001/controller/c-2", "t-0001/environment/e-2", "t-0001/parking/p-2"],
            layout.Devices(mix));
    }

    private static IEnumerable<string> Names(LoadUnit unit)
    {
        var topic = Encoding.UTF8.GetString(unit.Topic.Span).Split('/');
        return unit.FirstDetector == 0
            ? [$"{topic[2]}/detector/{topic[4]}"]
            : Enumerable.Range(unit.FirstDetector, unit.Items).Select(n => $"{topic[2]}/detector/{LoadUnit.NameOf(n)}");
    }
}
