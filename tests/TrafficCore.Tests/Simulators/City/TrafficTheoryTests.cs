using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Devices;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Roads;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Tests.Simulators;

/// <summary>One signal against what textbooks say about it: cycle 60 s, effective green 24 s, saturation flow 1,800 veh/h.</summary>
public sealed class TrafficTheoryTests
{
    private const int Cycle = 60;
    private const int Green = 24;
    private const int Saturation = 1800;
    private const int Capacity = Saturation * Green / Cycle;
    private const int Hour = 3600;

    private static readonly CityOptions Options = new()
    {
        Day = CityRig.Steady,
        Classes = ClassMix.Cars,
        Arrivals = ArrivalPattern.Uniform,
        Cycle = TimeSpan.FromSeconds(Cycle),
    };

    [Fact]
    public void Plan_TwoEqualStreets_ShareTheCycle()
    {
        var signal = CityRig.Crossing(Options).Intersections[0].Signal!;

        Assert.Equal([Green * 1000, Green * 1000], signal.Phases.Select(static p => p.Green));
        Assert.Equal(Cycle * 1000, signal.Phases.Sum(static p => p.Split));
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.9)]
    public void Undersaturated_Served_IsDemand(double saturation)
    {
        var (tally, _) = Run(Options, (int)(Capacity * saturation), Hour);

        // What came in the last cycle may still wait.
        Assert.InRange(tally.Left, tally.Entered - (Capacity * Cycle / Hour) - 1, tally.Entered + (Capacity * Cycle / Hour) + 1);
        Assert.InRange(tally.Entered, (Capacity * saturation) - 1, (Capacity * saturation) + 1);
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.6)]
    [InlineData(0.9)]
    public void UniformArrivals_Delay_IsWebstersUniformTerm(double saturation)
    {
        var (tally, _) = Run(Options, (int)(Capacity * saturation), Hour);
        var share = (double)Green / Cycle;
        var uniform = 0.5 * Cycle * Math.Pow(1 - share, 2) / (1 - (saturation * share));

        var delay = tally.Delay / 1000.0 / tally.Left;

        // Whole vehicles instead of a fluid, and in step with the cycle.
        Assert.InRange(delay, 0.88 * uniform, 1.12 * uniform);
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.8)]
    public void RandomArrivals_Delay_IsWebstersTwoTerms(double saturation)
    {
        var (tally, _) = Run(Options with { Arrivals = ArrivalPattern.Poisson }, (int)(Capacity * saturation), 20 * Hour);
        var (share, flow) = ((double)Green / Cycle, Capacity * saturation / Hour);
        var webster = 0.9 * ((Cycle * Math.Pow(1 - share, 2) / (2 * (1 - (share * saturation)))) + (saturation * saturation / (2 * flow * (1 - saturation))));

        var delay = tally.Delay / 1000.0 / tally.Left;

        // The factor 0.9 is itself an average over the formula's third term.
        Assert.InRange(delay, 0.85 * webster, 1.15 * webster);
    }

    [Fact]
    public void Queue_Mean_IsDelayTimesFlow()
    {
        // Little's law: the queue is counted each second, the delay vehicle by vehicle.
        var (tally, _) = Run(Options with { Arrivals = ArrivalPattern.Poisson }, (int)(Capacity * 0.8), 10 * Hour);

        Assert.InRange((double)tally.QueueSeconds / (tally.Delay / 1000.0), 0.97, 1.03);
    }

    [Fact]
    public void Oversaturated_Discharge_IsSaturationFlowTimesGreen()
    {
        var (tally, approach) = Run(Options, 2 * Capacity, Hour);

        Assert.Equal(Capacity, tally.Left);
        Assert.True(approach.Outside > 0, "a full road keeps vehicles outside");
    }

    [Fact]
    public void Oversaturated_HeavyVehicles_TakeTheirPassengerCarUnits()
    {
        var (tally, _) = Run(Options with { Classes = ClassMix.Parse("car=50,bus=50") }, 2 * Capacity, 10 * Hour);

        // Half the vehicles count two: two thirds of the cars' flow. A vehicle more or less fits at the end of green.
        Assert.InRange(tally.Left / 10.0, (Capacity * 2.0 / 3.0) - 5, (Capacity * 2.0 / 3.0) + 35);
    }

    [Fact]
    public void FreeFlow_Loop_ReadsSpeedAndOccupancyOfTheFundamentalDiagram()
    {
        // Without a queue, 60 m upstream: occupancy = flow x (vehicle + loop) / speed.
        var map = CityRig.Crossing(Options);
        var (detectors, traffic) = Build(map, Options, 300);
        Step(traffic, Hour);
        foreach (var detector in detectors)
        {
            detector.Begin(traffic.Now);
        }

        Step(traffic, Hour);
        var reading = detectors[0].Close(traffic.Now);

        Assert.InRange(reading.Volume, 299, 301);
        Assert.InRange(reading.Speed, 480, 500);
        var expected = reading.Volume * 6.5 / (reading.Speed / 36.0) / Hour * 10_000;
        Assert.InRange(reading.Occupancy, 0.97 * expected, 1.05 * expected);
    }

    [Fact]
    public void StopBarLoop_StandingQueue_IsOccupiedThroughRed()
    {
        // Oversaturated: somebody stands on it all red, and between two vehicles of the discharge it is free for a moment.
        var map = CityRig.Crossing(Options);
        var (detectors, traffic) = Build(map, Options, 2 * Capacity);
        Step(traffic, Hour);
        foreach (var detector in detectors)
        {
            detector.Begin(traffic.Now);
        }

        Step(traffic, Hour);
        var reading = detectors[1].Close(traffic.Now);

        Assert.Equal(Capacity, reading.Volume);
        Assert.InRange(reading.Occupancy, 10_000 * (Cycle - Green) / Cycle, 9_500);
        Assert.InRange(reading.Speed, 100, 400);
    }

    private static (ApproachTally Tally, ApproachState Approach) Run(CityOptions options, int flow, int seconds)
    {
        var (_, traffic) = Build(CityRig.Crossing(options), options, flow);
        Step(traffic, 10 * Cycle);
        var before = traffic.Approaches[0].Tally;
        Step(traffic, seconds);
        return (traffic.Approaches[0].Tally - before, traffic.Approaches[0]);
    }

    private static (DetectorState[] Detectors, CityTraffic Traffic) Build(CityMap map, CityOptions options, int flow)
    {
        foreach (var approach in map.Approaches)
        {
            approach.PeakEntries = flow;
        }

        DetectorState[] detectors = [.. map.Detectors.Select(static d => new DetectorState(d, null, null, keepsTruth: false))];
        return (detectors, new CityTraffic(map, options, detectors));
    }

    private static void Step(CityTraffic traffic, int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            traffic.Step();
        }
    }
}
