using System.Text;

namespace TrafficCore.Tests.Shards;

/// <summary>Network files for tests.</summary>
internal static class NetworkText
{
    /// <summary>
    /// Intersection <c>x</c>: approach <c>n</c> (free flow 50) with <c>n1</c> (60 s, channel 1) and <c>n2</c> (30 s), approach
    /// <c>s</c> with <c>s1</c> (900 s), <c>s2</c> (no interval, exit) and <c>s3</c> (channel 7, no interval, advance).
    /// </summary>
    public const string OneIntersection = """
        { "city": "test", "intersections": [ { "id": "x", "approaches": [
          { "id": "n", "freeFlowSpeed": 50, "detectors": [
            { "id": "n1", "lane": 1, "functions": ["count"], "interval": 60000, "channel": 1 },
            { "id": "n2", "lane": 2, "functions": ["count"], "interval": 30000 } ] },
          { "id": "s", "freeFlowSpeed": 60, "detectors": [
            { "id": "s1", "functions": ["count"], "interval": 900000 },
            { "id": "s2", "functions": ["exit"] },
            { "id": "s3", "functions": ["advance"], "channel": 7 } ] } ],
          "controller": { "id": "c" }, "environment": [ { "id": "w" } ], "parking": [ { "id": "p" } ] } ] }
        """;

    /// <summary>
    /// The same with two more approaches: <c>e</c> without a free-flow speed, which only occupancy can judge, and <c>w</c> (free flow 40), whose
    /// occupancy says nothing because <c>w1</c> is at the stop bar.
    /// </summary>
    public static readonly string FourApproaches = OneIntersection.Replace(
        """{ "id": "s", "freeFlowSpeed": 60""",
        """
        { "id": "e", "detectors": [ { "id": "e1", "functions": ["count", "queue"], "interval": 60000 } ] },
        { "id": "w", "freeFlowSpeed": 40, "detectors": [ { "id": "w1", "functions": ["count", "presence"], "interval": 60000 } ] },
        { "id": "s", "freeFlowSpeed": 60
        """,
        StringComparison.Ordinal);

    /// <summary>An intersection with one approach and detectors of 60 s that count.</summary>
    public static string Simple(string intersection, params string[] detectors)
    {
        var text = new StringBuilder($$"""{ "city": "t", "intersections": [ { "id": "{{intersection}}", "approaches": [ { "id": "n", "freeFlowSpeed": 50, "detectors": [""");
        text.AppendJoin(", ", detectors.Select(d => $$"""{ "id": "{{d}}", "functions": ["count"], "interval": 60000 }"""));
        return text.Append("] } ] } ] }").ToString();
    }
}
