namespace TrafficCore.IntegrationTests.Deployment;

/// <summary>A point: what a database holds, or what the API says that it ought to.</summary>
/// <param name="Tags">Tags by name.</param>
/// <param name="Time">Unix milliseconds.</param>
/// <param name="Fields">Known fields by name: a text, or a number as the API rounds it.</param>
internal sealed record SeriesPoint(IReadOnlyDictionary<string, string> Tags, long Time, IReadOnlyDictionary<string, object> Fields)
{
    /// <summary>Numbers are compared as the API gives them, at three decimals.</summary>
    public static object Rounded(double value) => Math.Round(value, 3, MidpointRounding.AwayFromZero);

    /// <summary>Everything in one line, for comparison and messages.</summary>
    public string Describe(bool withTime = true) =>
        string.Join(',', Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $"{tag.Key}={tag.Value}"))
        + (withTime ? $" @{Time} " : " ")
        + string.Join(',', Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => FormattableString.Invariant($"{field.Key}={field.Value}")));
}
