using System.Text;
using System.Text.Json;
using TrafficCore.Simulators.City;

namespace TrafficCore.Tests.Simulators;

public sealed class CityModelTests
{
    private const int Steps = 220;

    [Fact]
    public void City_SameSeed_SameBytes()
    {
        Assert.Equal(Run(seed: 3), Run(seed: 3));
        Assert.Equal(CityNetworkFile.Write(Plan(3)), CityNetworkFile.Write(Plan(3)));
    }

    [Fact]
    public void City_OtherSeed_OtherBytes()
    {
        Assert.NotEqual(Run(seed: 3), Run(seed: 4));
        Assert.NotEqual(CityNetworkFile.Write(Plan(3)), CityNetworkFile.Write(Plan(4)));
    }

    [Fact]
    public void City_AllReadings_AddUpToWhatCrossedAndStayInRange()
    {
        var model = new CityModel(Plan(1));
        long volume = 0;
        for (var i = 0; i < Steps; i++)
        {
            model.Step((_, _, _, reading) =>
            {
                volume += reading.Volume;
                Assert.InRange(reading.OccupancyTenths, 0, 1000);
                Assert.Equal(reading.Volume > 0, reading.SpeedTenths is not null);
                Assert.InRange(reading.SpeedTenths ?? 300, 50, 600);
            });
        }

        Assert.Equal(model.Crossed, volume);
        Assert.InRange(volume, 1000, 100_000);
    }

    [Fact]
    public void City_RushThenCalm_QueuesGrowAndClear()
    {
        var plan = Plan(1);
        var model = new CityModel(plan);
        var approach = plan.Intersections[0].Approaches.ToList().FindIndex(static a => a.HasRush);
        var (calm, rush, after) = (0, 0, int.MaxValue);
        for (var i = 0; i < plan.Options.Day.TotalSeconds; i++)
        {
            var queue = model.QueueAt(0, approach);
            calm = i < plan.Options.RushStart.TotalSeconds ? Math.Max(calm, queue) : calm;
            rush = Math.Max(rush, queue);
            after = queue;
            model.Step(static (_, _, _, _) => { });
        }

        Assert.True(rush > 3 * Math.Max(calm, 4) && after <= Math.Max(calm, 6), $"calm {calm}, rush {rush}, after {after}");
    }

    [Fact]
    public void GreenShare_BothDirections_ShareTheCycle()
    {
        Assert.Equal([1, 1, 0, 0, 1], ((double[])[0, 4, 5, 9, 10]).Select(static t => CityModel.GreenShare(t, 1, 10, first: true)));
        Assert.Equal(0.5, CityModel.GreenShare(0, 10, 10, first: true), 12);
        Assert.Equal(0.25, CityModel.GreenShare(4.5, 2, 10, first: true), 12);
        Assert.Equal(0.75, CityModel.GreenShare(4.5, 2, 10, first: false), 12);
    }

    [Fact]
    public void NetworkFile_Demo_IsReadByTheService()
    {
        using var json = JsonDocument.Parse(CityNetworkFile.Write(Plan(1)));
        var intersections = json.RootElement.GetProperty("intersections").EnumerateArray().ToArray();

        Assert.Equal(6, intersections.Length);
        Assert.Contains(intersections, static i => i.GetProperty("boards").GetArrayLength() > 0);
        Assert.All(intersections, static i => Assert.Equal(4, i.GetProperty("approaches").GetArrayLength()));
    }

    private static CityPlan Plan(int seed) => CityPlan.Create(new CityOptions { Seed = seed });

    private static string Run(int seed)
    {
        var model = new CityModel(Plan(seed));
        var text = new StringBuilder();
        var payload = new byte[ReadingPayload.MaxLength];
        for (var i = 0; i < Steps; i++)
        {
            model.Step((intersection, detector, step, reading) =>
            {
                var length = ReadingPayload.Write(payload, 1_000_000 + (step * 1000), 1000, step, reading);
                text.Append(intersection).Append(' ').Append(detector.Id).Append(' ').Append(Encoding.UTF8.GetString(payload, 0, length)).Append('\n');
            });
        }

        return text.ToString();
    }
}
