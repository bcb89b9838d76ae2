using System.Text;
using System.Text.Json.Nodes;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Tests.Network;

/// <summary>The contract's example of a network file, with what it needs to be whole; tests break one thing at a time.</summary>
internal static class SampleNetwork
{
    public const string Json = """
        { "city": "demo", "timeZone": "Asia/Shanghai",
          "intersections": [
            { "id": "int-0001", "name": "First and Main", "lon": 114.32, "lat": 29.84,
              "approaches": [
                { "id": "n", "bearing": 180, "freeFlowSpeed": 50, "saturationFlow": 1800, "phase": 2,
                  "detectors": [ { "id": "d-01", "lane": 1, "functions": ["count"], "channel": 5, "interval": 60000, "distance": 0, "latency": 0 },
                                 { "id": "d-02", "lane": 2, "functions": ["count", "presence"], "channel": 6, "phase": 5 } ] } ],
              "controller": { "id": "c-1", "phases": [ { "number": 2, "minGreen": 10, "yellow": 3.0, "redClearance": 1.5 } ] },
              "boards": [ { "id": "b-1", "lines": 3, "characters": 16, "pages": 2, "colors": ["amber"], "watches": ["int-0001/n"] } ],
              "environment": [ { "id": "w-1" }, { "id": "w-2" } ], "parking": [ { "id": "p-1" } ] },
            { "id": "int-0002", "approaches": [ { "id": "s", "detectors": [] } ] } ],
          "links": [ { "id": "l-1", "from": "int-0001", "to": "int-0002", "length": 420, "approach": "int-0002/s" } ] }
        """;

    public static byte[] Utf8 => Encoding.UTF8.GetBytes(Json);

    public static NetworkParseResult Parse(string json) => RoadNetworkParser.Parse(Encoding.UTF8.GetBytes(json));

    /// <summary>The sample with one change.</summary>
    public static string With(Action<JsonNode> change)
    {
        JsonNode root = JsonNode.Parse(Json)!;
        change(root);
        return root.ToJsonString();
    }
}
