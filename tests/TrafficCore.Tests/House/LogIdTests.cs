using System.Globalization;
using System.Text.RegularExpressions;

namespace TrafficCore.Tests.House;

/// <summary>A log event id means one thing in the whole service.</summary>
public sealed partial class LogIdTests
{
    [Fact]
    public void LogEvents_Ids_AreUnique()
    {
        var events = Repository.SourceFiles("src")
            .SelectMany(path => EventId().Matches(File.ReadAllText(path)).Select(match => (Path: Repository.Relative(path), Id: int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))))
            .ToList();

        var repeated = events.GroupBy(item => item.Id).Where(group => group.Count() > 1)
            .Select(group => $"{group.Key}: {string.Join(", ", group.Select(item => item.Path))}");

        Assert.NotEmpty(events);
        Assert.Empty(repeated);
    }

    [GeneratedRegex(@"LoggerMessage\(\s*(?:EventId\s*=\s*)?(\d+)")]
    private static partial Regex EventId();
}
