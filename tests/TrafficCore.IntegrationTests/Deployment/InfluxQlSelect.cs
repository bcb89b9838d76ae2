using System.Text.RegularExpressions;

namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>
/// The InfluxQL that dashboards use, read and answered here from given points: independent of any InfluxDB. What it does not understand fails the test, so no panel
/// goes uncompared.
/// </summary>
internal sealed partial class InfluxQlSelect
{
    private readonly List<string> _fields = [];
    private readonly List<Func<SeriesPoint, bool>> _conditions = [];
    private readonly List<string> _tags = [];
    private long _bucketMs;
    private bool _isSum;
    private bool _isDescending;
    private int _limit = int.MaxValue;

    private InfluxQlSelect(string measurement) => Measurement = measurement;

    public string Measurement { get; }

    /// <summary>Whether the range of the dashboard counts.</summary>
    public bool HasRange { get; private set; }

    public static InfluxQlSelect Parse(string query)
    {
        var match = Statement().Match(query);
        Assert.True(match.Success, $"not understood: {query}");
        var select = new InfluxQlSelect(match.Groups["measurement"].Value)
        {
            _isDescending = match.Groups["order"].Success,
            _limit = match.Groups["limit"].Success ? int.Parse(match.Groups["limit"].Value) : int.MaxValue,
        };
        foreach (var field in Parts(match, "fields", ','))
        {
            var one = Field().Match(field);
            Assert.True(one.Success, $"not understood: {field} in {query}");
            select._isSum |= one.Groups["sum"].Success;
            select._fields.Add(one.Groups["name"].Value);
        }

        foreach (var condition in Conditions().Split(match.Groups["where"].Value).Where(text => text.Length > 0))
        {
            select.AddCondition(condition, query);
        }

        foreach (var part in Parts(match, "group", ','))
        {
            var time = Bucket().Match(part);
            select._bucketMs = time.Success ? long.Parse(time.Groups[1].Value) * 1000 : select._bucketMs;
            if (!time.Success)
            {
                select._tags.Add(part.Trim('"'));
            }
        }

        Assert.True(select._isSum == select._bucketMs > 0 && (!select._isSum || select._fields.Count == 1), $"not understood: {query}");
        return select;
    }

    /// <summary>What the database should answer.</summary>
    public IReadOnlyList<SeriesPoint> Answer(IEnumerable<SeriesPoint> points) =>
    [
        .. points.Where(point => _conditions.All(condition => condition(point))).Select(Project).Where(point => point.Fields.Count > 0)
            .GroupBy(point => string.Join(',', point.Tags.Select(tag => tag.Value))).SelectMany(Series),
    ];

    private SeriesPoint Project(SeriesPoint point) => point with
    {
        Tags = _tags.ToDictionary(tag => tag, tag => point.Tags.GetValueOrDefault(tag, "")),
        Fields = _fields.Where(point.Fields.ContainsKey).ToDictionary(field => field, field => point.Fields[field]),
    };

    private IEnumerable<SeriesPoint> Series(IEnumerable<SeriesPoint> points)
    {
        var series = _isSum
            ? points.GroupBy(point => point.Time / _bucketMs * _bucketMs).Select(bucket => bucket.First() with
            {
                Time = bucket.Key,
                Fields = new Dictionary<string, object> { ["sum"] = SeriesPoint.Rounded(bucket.Sum(point => (double)point.Fields[_fields[0]])) },
            })
            : points;
        return (_isDescending ? series.OrderByDescending(point => point.Time) : series.OrderBy(point => point.Time)).Take(_limit);
    }

    private void AddCondition(string text, string query)
    {
        if (Range().Match(text) is { Success: true } range)
        {
            var (edge, isLower) = (long.Parse(range.Groups[2].Value), range.Groups[1].Value == ">=");
            HasRange = true;
            _conditions.Add(point => isLower ? point.Time >= edge : point.Time <= edge);
        }
        else
        {
            var tag = Tag().Match(text);
            Assert.True(tag.Success, $"not understood: {text} in {query}");
            var (name, value) = (tag.Groups["name"].Value, tag.Groups["value"].Value);
            var pattern = tag.Groups["pattern"].Success ? new Regex(tag.Groups["pattern"].Value) : null;
            _conditions.Add(point => pattern is null ? point.Tags.GetValueOrDefault(name) == value : pattern.IsMatch(point.Tags.GetValueOrDefault(name, "")));
        }
    }

    private static IEnumerable<string> Parts(Match match, string group, char separator) =>
        match.Groups[group].Value.Split(separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(
        """^SELECT (?<fields>.+?) FROM "(?<measurement>\w+)"( WHERE (?<where>.+?))?( GROUP BY (?<group>.+?))?( fill\(none\))?(?<order> ORDER BY time DESC)?( LIMIT (?<limit>\d+))?$""",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Statement();

    [GeneratedRegex("""^((?<sum>sum)\()?"(?<name>\w+)"\)?$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Field();

    [GeneratedRegex(" and ", RegexOptions.IgnoreCase)]
    private static partial Regex Conditions();

    [GeneratedRegex(@"^time\((\d+)s\)$")]
    private static partial Regex Bucket();

    [GeneratedRegex("^time (>=|<=) ([0-9]+)ms$")]
    private static partial Regex Range();

    [GeneratedRegex("""^"(?<name>\w+)" (= '(?<value>[^']*)'|=~ /(?<pattern>.*)/)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Tag();
}
