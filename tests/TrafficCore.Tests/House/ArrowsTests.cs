namespace TrafficCore.Tests.House;

/// <summary>Project references are the architecture: what is not listed here must not be referenced.</summary>
public sealed class ArrowsTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["TrafficCore.Log"] = [],
        ["TrafficCore.Mqtt"] = [],
        ["TrafficCore.Traffic"] = [],
        ["TrafficCore.Mqtt.Broker"] = ["TrafficCore.Mqtt", "TrafficCore.Log"],
        ["TrafficCore.Pipeline"] = ["TrafficCore.Traffic", "TrafficCore.Log"],
        ["TrafficCore.Storage"] = ["TrafficCore.Pipeline"],
        ["TrafficCore.Boards"] = ["TrafficCore.Traffic"],
        ["TrafficCore.Host"] = ["TrafficCore.Mqtt.Broker", "TrafficCore.Storage", "TrafficCore.Boards"],
        ["TrafficCore.Simulators"] = ["TrafficCore.Mqtt", "TrafficCore.Traffic", "TrafficCore.Host"],
    };

    [Fact]
    public void Projects_References_PointOneWay()
    {
        var wrong = Repository.Projects()
            .Select(project => (Name: Path.GetFileNameWithoutExtension(project), References: Repository.References(project)))
            .Where(project => Allowed.ContainsKey(project.Name))
            .SelectMany(project => project.References.Except(Allowed[project.Name]).Select(extra => $"{project.Name} -> {extra}"))
            .ToList();

        Assert.Empty(wrong);
    }

    [Fact]
    public void Projects_InSrcAndSimulators_AreAllKnown()
    {
        var unknown = Repository.Projects()
            .Where(project => Repository.Relative(project).StartsWith("src/", StringComparison.Ordinal) || Repository.Relative(project).StartsWith("simulators/", StringComparison.Ordinal))
            .Select(Path.GetFileNameWithoutExtension)
            .Except(Allowed.Keys);

        Assert.Empty(unknown);
    }

    [Theory]
    [InlineData("src/TrafficCore.Traffic", "System.IO.File|System.Net|Microsoft.AspNetCore|Microsoft.Extensions")]
    [InlineData("src/TrafficCore.Log", "System.Net|Microsoft.AspNetCore|Microsoft.Extensions")]
    [InlineData("src/TrafficCore.Mqtt", "Microsoft.AspNetCore|Microsoft.Extensions")]
    [InlineData("src/TrafficCore.Pipeline", "System.Net|Microsoft.AspNetCore|TrafficCore.Mqtt|Microsoft.Data")]
    [InlineData("src/TrafficCore.Boards", "System.Net|Microsoft.AspNetCore|TrafficCore.Mqtt|TrafficCore.Storage")]
    public void Room_Usings_StayInside(string folder, string forbidden)
    {
        var names = forbidden.Split('|');
        var wrong = Repository.SourceFiles(folder)
            .SelectMany(path => File.ReadLines(path).Select(line => (Path: Repository.Relative(path), Line: line.Trim())))
            .Where(line => line.Line.StartsWith("using ", StringComparison.Ordinal) && names.Any(name => line.Line[6..].TrimEnd(';') is var used && (used == name || used.StartsWith(name + ".", StringComparison.Ordinal))))
            .Select(line => $"{line.Path}: {line.Line}")
            .ToList();

        Assert.Empty(wrong);
    }
}
