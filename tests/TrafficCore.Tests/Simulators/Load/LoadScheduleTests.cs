using TrafficCore.Simulators.Load;

namespace TrafficCore.Tests.Simulators.Load;

public sealed class LoadScheduleTests
{
    private static readonly (LoadShape Shape, int Connections)[] Shapes =
    [
        (new LoadShape { Rate = 1000, Count = 100 }, 7),
        (new LoadShape { Rate = 3, Count = 11 }, 2),
        (new LoadShape { Rate = 1_000_000, Count = 12_345 }, 500),
        (new LoadShape { Rate = 700, Ramp = new LoadRamp(0, TimeSpan.FromSeconds(2)), Duration = TimeSpan.FromSeconds(5) }, 13),
        (new LoadShape { Rate = 10, Ramp = new LoadRamp(900, TimeSpan.FromSeconds(3)), Duration = TimeSpan.FromSeconds(4) }, 3),
        (new LoadShape { Rate = 50, Duration = TimeSpan.FromSeconds(10), Burst = new LoadBurst(101, TimeSpan.FromSeconds(3)) }, 10),
        (
            new LoadShape
            {
                Rate = 50,
                Duration = TimeSpan.FromSeconds(10),
                Burst = new LoadBurst(7, TimeSpan.FromSeconds(2)),
                Storms = [new LoadStorm(TimeSpan.FromSeconds(4), 3), new LoadStorm(TimeSpan.FromSeconds(1), 0), new LoadStorm(TimeSpan.FromSeconds(11), 5)],
            },
            4),
    ];

    public static TheoryData<int> ShapeNumbers => [.. Enumerable.Range(0, Shapes.Length)];

    [Theory]
    [MemberData(nameof(ShapeNumbers))]
    public void Cursors_OfAllConnections_SendEveryMessageOnceAndInOrder(int number)
    {
        var (shape, connections) = Shapes[number];
        var schedule = new LoadSchedule(shape, connections);
        var due = new List<long>();
        for (var connection = 0; connection < connections; connection++)
        {
            var last = 0L;
            for (var cursor = new LoadCursor(schedule, connection); cursor.NextAt < long.MaxValue; cursor.Take())
            {
                Assert.True(cursor.NextAt >= last, "a connection sends in order of time");
                due.Add(last = cursor.NextAt);
            }
        }

        var expected = Enumerable.Range(0, (int)schedule.SteadyTotal).Select(i => schedule.SteadyAt(i))
            .Concat(Enumerable.Range(0, (int)schedule.BurstTotal).Select(i => schedule.BurstAt(i)))
            .Concat(schedule.Storms.SelectMany(storm => Enumerable.Repeat(storm.At, (int)storm.Backlog * connections)));
        Assert.Equal(expected.Order(), due.Order());
        Assert.Equal(schedule.Total, due.Count);
        Assert.True(due.Max() <= schedule.EndNanoseconds);
    }

    [Theory]
    [MemberData(nameof(ShapeNumbers))]
    public void SteadyDue_AroundEveryDueTime_CountsWhatIsDue(int number)
    {
        var schedule = new LoadSchedule(Shapes[number].Shape, Shapes[number].Connections);

        for (var i = 0L; i < schedule.SteadyTotal; i++)
        {
            var at = schedule.SteadyAt(i);
            Assert.True(schedule.SteadyDue(at) > i);
            Assert.True(schedule.SteadyDue(at - 1) <= i);
        }

        Assert.Equal(0, schedule.SteadyDue(-1));
        Assert.Equal(schedule.SteadyTotal, schedule.SteadyDue(schedule.EndNanoseconds));
    }

    [Fact]
    public void Ramp_Linear_SendsTheAreaUnderTheLine()
    {
        var schedule = new LoadSchedule(new LoadShape { Rate = 1000, Ramp = new LoadRamp(200, TimeSpan.FromSeconds(10)), Duration = TimeSpan.FromSeconds(15) }, 1);

        // (200 + 1000) / 2 x 10 s, then 1000 x 5 s; at 5 s the rate is 600, and (200 + 600) / 2 x 5 s have come.
        Assert.Equal(11_000, schedule.SteadyTotal);
        Assert.Equal(2000, schedule.SteadyDue(5_000_000_000), 1.0);
        Assert.Equal(600, schedule.SteadyDue(5_500_000_000) - schedule.SteadyDue(4_500_000_000), 1.0);
        Assert.Equal(1_000_000, schedule.SteadyAt(8001) - schedule.SteadyAt(8000), 2.0);
    }

    [Fact]
    public void Burst_AtTheEnd_IsNotBegun()
    {
        var schedule = new LoadSchedule(new LoadShape { Rate = 1, Duration = TimeSpan.FromSeconds(9), Burst = new LoadBurst(10, TimeSpan.FromSeconds(3)) }, 1);

        Assert.Equal((20, 0, 10, 20), (schedule.BurstTotal, schedule.BurstDue(2_999_999_999), schedule.BurstDue(3_000_000_000), schedule.BurstDue(9_000_000_000)));
    }
}
