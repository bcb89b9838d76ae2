using TrafficCore.Traffic.Detectors;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Tests.Detectors;

public sealed class RowHealthRuleTests
{
    [Fact]
    public void Judge_NothingReceived_IsSilent() => Assert.Equal(RowHealth.Silent, Judge(0, null, 0));

    [Fact]
    public void Judge_LiveChannelWithoutVehicles_IsOk() => Assert.Equal(RowHealth.Ok, Judge(0, 0, 60_000));

    // Golden example 44: 38 vehicles in 30 s trip, 37 do not.
    [Theory]
    [InlineData(38, 30_000, RowHealth.Chatter)]
    [InlineData(37, 30_000, RowHealth.Ok)]
    [InlineData(76, 60_000, RowHealth.Chatter)]
    [InlineData(75, 60_000, RowHealth.Ok)]
    [InlineData(2, 1_000, RowHealth.Ok)]
    public void Judge_ManyVehicles_IsChatter(long volume, long observedMs, RowHealth health) => Assert.Equal(health, Judge(1, volume, observedMs));

    [Theory]
    [InlineData(0, 100_000, 764_000, false, RowHealth.Ok)]
    [InlineData(0, 100_000, 765_000, false, RowHealth.StuckOn)]
    [InlineData(0, 100_000, 1_799_000, true, RowHealth.Ok)]
    [InlineData(0, 100_000, 1_800_000, true, RowHealth.StuckOn)]
    [InlineData(1, 100_000, 1_800_000, false, RowHealth.Ok)]
    [InlineData(0, 99_999, 1_800_000, false, RowHealth.Ok)]
    [InlineData(0, 100_000, 60_000, false, RowHealth.Ok)]
    public void Judge_OccupiedWithoutVehicles_IsStuckOnWhenNoQueueStandsThatLong(long volume, long occupancy, long ms, bool isAtStopBar, RowHealth health) =>
        Assert.Equal(health, RowHealthRule.Judge(new RowHealthInput
        {
            Readings = 1, Volume = volume, ObservedMs = ms, LengthMs = ms, OccupancyWeighted = occupancy * ms, OccupancyMs = ms, IsAtStopBar = isAtStopBar,
        }));

    [Theory]
    [InlineData(2, RowHealth.Inconsistent)]
    [InlineData(1, RowHealth.Ok)]
    public void Judge_VehiclesWithoutOccupancy_AreInconsistent(long volume, RowHealth health) => Assert.Equal(health, Judge(1, volume, 60_000, 0, 60_000));

    [Fact]
    public void Judge_SpeedWithoutVehicles_IsInconsistent() => Assert.Equal(
        RowHealth.Inconsistent,
        RowHealthRule.Judge(new RowHealthInput { Readings = 1, Volume = 0, ObservedMs = 60_000, LengthMs = 60_000, SpeedWithoutVehicles = true }));

    private static RowHealth Judge(int readings, long? volume, long observedMs, long occupancyWeighted = 0, long occupancyMs = 0) => RowHealthRule.Judge(new RowHealthInput
    {
        Readings = readings, Volume = volume, ObservedMs = observedMs, LengthMs = 60_000, OccupancyWeighted = occupancyWeighted, OccupancyMs = occupancyMs,
    });
}
