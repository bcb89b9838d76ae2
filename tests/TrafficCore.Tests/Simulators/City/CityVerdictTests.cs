using TrafficCore.Simulators.City.Run;

namespace TrafficCore.Tests.Simulators;

public sealed class CityVerdictTests
{
    [Theory]
    [InlineData(100, 0, 100L, 0, 0, 0)]
    [InlineData(100, 0, 97L, 3, 3, 0)]
    [InlineData(100, 0, null, 0, 0, 0)]
    [InlineData(100, 2, 98L, 0, 0, 1)]
    [InlineData(100, 0, 99L, 0, 0, 1)]
    [InlineData(100, 0, 97L, 3, 2, 1)]
    [InlineData(100, 1, 90L, 3, 2, 3)]
    public void Run_Counts_AreJudged(long sent, long dropped, long? acknowledged, long refused, long broken, int problems) =>
        Assert.Equal(problems, CityVerdict.Problems(sent, dropped, acknowledged, refused, broken).Count());
}
