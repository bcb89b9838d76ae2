using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Tests.Simulators;

/// <summary>When and what enters a city.</summary>
public sealed class DemandTests
{
    private const long Hour = 3_600_000;

    [Fact]
    public void Random_FirstNumbers_AreSplitMix64()
    {
        // Published test vector of the generator for seed 1234567.
        var random = new CityRandom(1234567);

        Assert.Equal(
            [6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.Next()));
    }

    [Fact]
    public void Exponential_Many_HaveMeanAndVarianceOne()
    {
        var random = new CityRandom(1);
        var values = Enumerable.Range(0, 200_000).Select(_ => random.Exponential() / (double)(1 << CityRandom.FractionBits)).ToList();

        Assert.Equal(1, values.Average(), 0.01);
        Assert.Equal(1, values.Sum(v => (v - 1) * (v - 1)) / values.Count, 0.03);
        Assert.Equal(Math.Exp(-2), values.Count(static v => v > 2) / (double)values.Count, 0.005);
    }

    [Fact]
    public void Bell_Many_HaveTheirDeviation()
    {
        var random = new CityRandom(1);
        var values = Enumerable.Range(0, 100_000).Select(_ => random.Bell(80)).ToList();

        Assert.Equal(0, values.Average(), 1.0);
        Assert.Equal(80, Math.Sqrt(values.Average(static v => (double)v * v)), 1.0);
    }

    [Fact]
    public void Arrivals_Uniform_AreEvenlySpaced()
    {
        var times = Arrivals(ArrivalPattern.Uniform, veh: 450, hours: 1);

        Assert.Equal(450, times.Count);
        Assert.All(times.Zip(times.Skip(1)), static pair => Assert.InRange(pair.Second - pair.First, 7999, 8001));
    }

    [Fact]
    public void Arrivals_Poisson_VaryAsMuchAsTheyAre()
    {
        // Vehicles in a minute: for a Poisson process the variance equals the mean.
        var (mean, variance) = MinuteCounts(Arrivals(ArrivalPattern.Poisson, veh: 600, hours: 100));

        Assert.Equal(10, mean, 0.3);
        Assert.Equal(1, variance / mean, 0.1);
    }

    [Fact]
    public void Arrivals_Platoon_AreAsManyButBunched()
    {
        var times = Arrivals(ArrivalPattern.Platoon, veh: 600, hours: 100);
        var (mean, variance) = MinuteCounts(times);
        var following = times.Zip(times.Skip(1)).Count(static pair => pair.Second - pair.First is > 2000 and < 2200);

        Assert.Equal(10, mean, 0.5);
        Assert.True(variance / mean > 3, $"{variance / mean}");
        Assert.InRange(following / (double)times.Count, 0.7, 0.95);
    }

    [Fact]
    public void Arrivals_DemandThatDoubles_Doubles()
    {
        var process = new ArrivalProcess(ArrivalPattern.Poisson, new CityRandom(3));
        Span<long> times = stackalloc long[8];
        var (first, second) = (0, 0);
        for (var at = 0L; at < 100 * Hour; at += 1000)
        {
            first += process.Take(at, at + 1000, 300_000, times);
        }

        for (var at = 100 * Hour; at < 200 * Hour; at += 1000)
        {
            second += process.Take(at, at + 1000, 600_000, times);
        }

        Assert.InRange(first, 29_000, 31_000);
        Assert.InRange(second, 58_500, 61_500);
    }

    [Theory]
    [InlineData(0, 7 * 60, 700)]
    [InlineData(30, 7 * 60 + 30, 900)]
    [InlineData(90, 8 * 60 + 30, 1000)]
    [InlineData(600, 17 * 60, 980)]
    public void Day_Weekday_SharesAreThoseOfTheHours(int minutes, int timeOfDay, int share)
    {
        var day = new DayProfile(DayShape.Day, 7 * Hour, DayShape.Weekday);

        Assert.Equal(timeOfDay * 60_000L, day.TimeOfDay(minutes * 60_000L));
        Assert.Equal(share, day.Share(day.TimeOfDay(minutes * 60_000L)));
    }

    [Fact]
    public void Day_Compressed_HasBothRushHours()
    {
        // 24 hours in 120 seconds: five seconds an hour.
        var day = new DayProfile(120_000, 0, DayShape.Weekday);
        var rush = Enumerable.Range(0, 120).Where(s => day.IsRush(s * 1000L)).ToList();

        Assert.Equal(8 * Hour, day.TimeOfDay(40_000));
        Assert.Equal(8 * Hour, day.TimeOfDay(40_000 + 120_000));
        Assert.Contains(42, rush);
        Assert.Contains(87, rush);
        Assert.DoesNotContain(60, rush);
        Assert.DoesNotContain(0, rush);
    }

    [Fact]
    public void Day_BeforeTheBegin_IsTheDayBefore() =>
        Assert.Equal(23 * Hour, new DayProfile(DayShape.Day, 0, DayShape.Weekday).TimeOfDay(-Hour));

    [Fact]
    public void Day_Weekend_HasNoRushInTheMorning()
    {
        var day = new DayProfile(DayShape.Day, 0, DayShape.Weekend);

        Assert.False(day.IsRush(8 * Hour));
        Assert.Equal(0, day.Tide(8 * Hour));
        Assert.True(day.Share(12 * Hour) > 2 * day.Share(7 * Hour));
    }

    [Fact]
    public void Tide_Morning_FlowsIntoTheCentre()
    {
        // The middle one of three columns: from the west driving east is towards it.
        var map = CityRig.Grid(9, new CityOptions());
        int Inbound(int intersection, string approach) => map.Intersections[intersection].Approaches.Single(a => a.Site.Id == approach).Inbound;

        Assert.Equal((1, -1), (Inbound(3, "w"), Inbound(3, "e")));
        Assert.Equal((1, -1), (Inbound(1, "n"), Inbound(1, "s")));
        var day = new DayProfile(DayShape.Day, 0, DayShape.Weekday);
        Assert.True(day.Tide(8 * Hour) > 200 && day.Tide(17 * Hour) < -150 && day.Tide(12 * Hour) == 0);
    }

    [Fact]
    public void Classes_Mix_IsDrawnInItsShares()
    {
        var mix = ClassMix.Parse("car=70,bus=20,articulated=10");
        var random = new CityRandom(1);
        var drawn = Enumerable.Range(0, 100_000).Select(_ => mix.Draw(ref random)).CountBy(static c => c).ToDictionary();

        Assert.Equal(0.7, drawn[VehicleClass.Car] / 100_000.0, 0.01);
        Assert.Equal(0.2, drawn[VehicleClass.Bus] / 100_000.0, 0.01);
        Assert.False(drawn.ContainsKey(VehicleClass.Truck));
        Assert.Equal(1000 + 200 + 200, mix.HeadwayMilli);
    }

    [Theory]
    [InlineData("")]
    [InlineData("car")]
    [InlineData("car=90")]
    [InlineData("car=200,bus=-100")]
    [InlineData("tram=100")]
    public void Classes_WrongMix_IsRefused(string text) => Assert.Throws<UsageException>(() => ClassMix.Parse(text));

    private static List<long> Arrivals(ArrivalPattern pattern, int veh, int hours)
    {
        var process = new ArrivalProcess(pattern, new CityRandom(7));
        var all = new List<long>();
        var times = new long[8];
        for (var at = 0L; at < hours * Hour; at += 1000)
        {
            var count = process.Take(at, at + 1000, veh * 1000L, times);
            Assert.All(times[..count], time => Assert.InRange(time, at, at + 999));
            all.AddRange(times[..count]);
        }

        return all;
    }

    private static (double Mean, double Variance) MinuteCounts(List<long> times)
    {
        var counts = new int[times[^1] / 60_000];
        foreach (var time in times.Where(t => t / 60_000 < counts.Length))
        {
            counts[time / 60_000]++;
        }

        var mean = counts.Average();
        return (mean, counts.Average(c => (c - mean) * (c - mean)));
    }
}
