using System.ComponentModel.DataAnnotations;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.Service;

public sealed class ServiceOptionsTests
{
    [Fact]
    public void ToRules_Default_IsGbt33171WithOccupancy()
    {
        Assert.Equal("gbt33171-speed-ratio", ServiceRules.Default.Speed.Method);
        Assert.Equal(5, ServiceRules.Default.Occupancy!.Judge(36_000, 1)!.Value.Level);
    }

    [Fact]
    public void ToRules_Hcm7_HasSixLevelsOfOccupancyToo()
    {
        ServiceRules rules = new ServiceOptions { Method = ServiceMethod.Hcm7SpeedRatio }.ToRules();
        Assert.Equal("hcm7-speed-ratio", rules.Speed.Method);
        Assert.Equal([1, 2, 3, 4, 5, 6], new[] { 10_000, 15_000, 20_000, 25_000, 35_000, 35_001 }.Select(o => rules.Occupancy!.Judge(o, 1)!.Value.Level));
    }

    [Fact]
    public void ToRules_OwnLimitsOrNone_AreObeyed()
    {
        Assert.Equal(4, new ServiceOptions { OccupancyLimits = [1, 2, 3.5, 50] }.ToRules().Occupancy!.Judge(3_501, 1)!.Value.Level);
        Assert.Null(new ServiceOptions { ByOccupancy = false }.ToRules().Occupancy);
    }

    [Theory]
    [InlineData(ServiceMethod.Gbt33171SpeedRatio, new double[0], 0)]
    [InlineData(ServiceMethod.Hcm7SpeedRatio, new double[0], 0)]
    [InlineData(ServiceMethod.Hcm7SpeedRatio, new double[] { 1, 2, 3, 4, 5 }, 0)]
    [InlineData(ServiceMethod.Gbt33171SpeedRatio, new double[] { 1, 2, 3, 4, 5 }, 1)]
    [InlineData(ServiceMethod.Gbt33171SpeedRatio, new double[] { 1, 2, 2, 4 }, 1)]
    [InlineData(ServiceMethod.Gbt33171SpeedRatio, new double[] { 0, 2, 3, 4 }, 1)]
    [InlineData(ServiceMethod.Gbt33171SpeedRatio, new double[] { 1, 2, 3, double.NaN }, 1)]
    [InlineData(ServiceMethod.Gbt33171SpeedRatio, new double[] { 100 }, 2)]
    public void Validate_Limits_RiseAndAreAsManyAsTheMethodNeeds(ServiceMethod method, double[] limits, int errors)
    {
        var options = new ServiceOptions { Method = method, OccupancyLimits = limits };
        Assert.Equal(errors, options.Validate(new ValidationContext(options)).Count());
    }
}
