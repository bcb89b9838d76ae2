namespace TrafficCore.Tests.House;

/// <summary>Small rooms: a file that outgrows the budget is split, or excused here with its reason.</summary>
public sealed class FileBudgetTests
{
    private const int HardStop = 400;

    private static readonly Dictionary<string, string> Excused = new(StringComparer.Ordinal);

    [Fact]
    public void Files_OverFourHundredLines_AreExcused()
    {
        var tooLong = Repository.SourceFiles("src", "simulators", "tests", "benchmarks")
            .Select(path => (Path: Repository.Relative(path), Lines: File.ReadLines(path).Count()))
            .Where(file => file.Lines > HardStop && !Excused.ContainsKey(file.Path))
            .Select(file => $"{file.Path}: {file.Lines} lines")
            .ToList();

        Assert.Empty(tooLong);
    }

    [Fact]
    public void Files_OfThePage_KeepTheBudget()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/TrafficCore.Host/Web/Page")).Select(path => (Name: Path.GetFileName(path), Lines: File.ReadLines(path).Count())).ToList();

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(file.Lines <= 250, $"{file.Name}: {file.Lines} lines"));
    }

    [Fact]
    public void Files_Excused_StillNeedIt()
    {
        var stale = Excused.Keys.Where(path => !File.Exists(Path.Combine(Repository.Root, path)) || File.ReadLines(Path.Combine(Repository.Root, path)).Count() <= HardStop);

        Assert.Empty(stale);
    }

    [Fact]
    public void Files_OfTheProduct_KeepTheBudget()
    {
        var lines = Repository.SourceFiles("src").Select(path => File.ReadLines(path).Count()).Order().ToList();

        Assert.True(lines[lines.Count / 2] <= 90, $"median {lines[lines.Count / 2]} lines");
        Assert.True(lines[(int)(lines.Count * 0.95)] <= 250, $"p95 {lines[(int)(lines.Count * 0.95)]} lines");
    }
}
