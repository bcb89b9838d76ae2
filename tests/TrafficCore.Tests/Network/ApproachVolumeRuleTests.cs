using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Network;

public sealed class ApproachVolumeRuleTests
{
    [Fact]
    public void Select_CountDetectors_WinOverAdvance() =>
        Assert.Equal(["c1", "c2"], Select(D("a1", 1, DetectorFunctions.Advance), D("c1", 1, DetectorFunctions.Count), D("c2", 2, DetectorFunctions.Count | DetectorFunctions.Presence)));

    [Fact]
    public void Select_WithoutCount_TakesAdvance() =>
        Assert.Equal(["a1"], Select(D("p1", 1, DetectorFunctions.Presence), D("a1", 1, DetectorFunctions.Advance)));

    [Fact]
    public void Select_WithNeither_TakesAll() =>
        Assert.Equal(["p1", "e1"], Select(D("p1", 1, DetectorFunctions.Presence), D("e1", null, DetectorFunctions.Exit)));

    [Fact]
    public void Select_TwoInOneLane_TakesTheFirst() =>
        Assert.Equal(["c1", "c3", "c4"], Select(D("c1", 1, DetectorFunctions.Count), D("c2", 1, DetectorFunctions.Count), D("c3", null, DetectorFunctions.Count), D("c4", null, DetectorFunctions.Count)));

    [Fact]
    public void Select_AnyDetectors_CountsEachLaneOnceAndNeverLosesOne()
    {
        var random = new Random(11);
        DetectorFunctions[] functions = [.. DetectorFunctionNames.All.Select(DetectorFunctionNames.Parse)];
        for (int round = 0; round < 2_000; round++)
        {
            Detector[] all = [.. Enumerable.Range(0, random.Next(1, 9)).Select(i => D($"d{i}", random.Next(4) is > 0 and var lane ? lane : null, functions[random.Next(functions.Length)]))];
            IReadOnlyList<Detector> chosen = ApproachVolumeRule.Select(all);
            DetectorFunctions wanted = all.Any(d => d.Functions == DetectorFunctions.Count) ? DetectorFunctions.Count
                : all.Any(d => d.Functions == DetectorFunctions.Advance) ? DetectorFunctions.Advance : (DetectorFunctions)~0;
            Detector[] group = [.. all.Where(d => (d.Functions & wanted) != 0)];
            Assert.All(chosen, d => Assert.Contains(d, group));
            Assert.Equal(group.Where(d => d.Lane is not null).Select(d => d.Lane).Distinct().Order(), chosen.Where(d => d.Lane is not null).Select(d => d.Lane).Order());
            Assert.Equal(group.Count(d => d.Lane is null), chosen.Count(d => d.Lane is null));
        }
    }

    private static Detector D(string id, int? lane, DetectorFunctions functions) => new() { Id = id, Lane = lane, Functions = functions };

    private static IEnumerable<string> Select(params Detector[] detectors) => ApproachVolumeRule.Select(detectors).Select(d => d.Id);
}
