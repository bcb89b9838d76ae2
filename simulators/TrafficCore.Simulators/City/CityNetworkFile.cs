using System.Buffers;
using System.Text.Json;

namespace TrafficCore.Simulators.City;

/// <summary>Writes a city as the road network file that the service reads.</summary>
internal static class CityNetworkFile
{
    /// <summary>The file's bytes; the same plan gives the same bytes.</summary>
    public static byte[] Write(CityPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("city", "demo");
            json.WriteString("timeZone", "Asia/Shanghai");
            json.WriteStartArray("intersections");
            foreach (var intersection in plan.Intersections)
            {
                WriteIntersection(json, plan, intersection);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteIntersection(Utf8JsonWriter json, CityPlan plan, CityIntersection intersection)
    {
        json.WriteStartObject();
        json.WriteString("id", intersection.Id);
        json.WriteString("name", intersection.Name);
        json.WriteNumber("lon", Math.Round(intersection.Longitude, 6));
        json.WriteNumber("lat", Math.Round(intersection.Latitude, 6));
        json.WriteStartArray("approaches");
        foreach (var approach in intersection.Approaches)
        {
            WriteApproach(json, plan, approach);
        }

        json.WriteEndArray();
        WriteController(json, plan);
        json.WriteStartArray("boards");
        foreach (var board in intersection.Boards)
        {
            WriteBoard(json, board);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteApproach(Utf8JsonWriter json, CityPlan plan, CityApproach approach)
    {
        json.WriteStartObject();
        json.WriteString("id", approach.Id);
        json.WriteNumber("bearing", (approach.Bearing + 180) % 360);
        json.WriteNumber("freeFlowSpeed", CityApproach.FreeFlowSpeed);
        json.WriteNumber("saturationFlow", Math.Round(plan.Options.SaturationFlow * 3600));
        json.WriteNumber("phase", approach.Phase);
        json.WriteStartArray("detectors");
        foreach (var detector in approach.Detectors)
        {
            json.WriteStartObject();
            json.WriteString("id", detector.Id);
            json.WriteNumber("lane", detector.Lane);
            json.WriteStartArray("functions");
            json.WriteStringValue("count");
            json.WriteEndArray();
            json.WriteNumber("channel", detector.Channel);
            json.WriteNumber("interval", (long)plan.Options.Interval.TotalMilliseconds);
            json.WriteNumber("distance", LaneState.DetectorDistance);
            json.WriteNumber("latency", 0);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteController(Utf8JsonWriter json, CityPlan plan)
    {
        json.WriteStartObject("controller");
        json.WriteString("id", "c-1");
        json.WriteStartArray("phases");
        foreach (var phase in (int[])[2, 4])
        {
            json.WriteStartObject();
            json.WriteNumber("number", phase);
            json.WriteNumber("minGreen", Math.Max(1, (int)(plan.Options.Cycle.TotalSeconds / 4)));
            json.WriteNumber("yellow", 3.0);
            json.WriteNumber("redClearance", 1.5);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteBoard(Utf8JsonWriter json, CityBoard board)
    {
        json.WriteStartObject();
        json.WriteString("id", board.Id);
        json.WriteNumber("lines", 3);
        json.WriteNumber("characters", 16);
        json.WriteNumber("pages", 2);
        json.WriteStartArray("colors");
        json.WriteStringValue("amber");
        json.WriteEndArray();
        json.WriteStartArray("watches");
        json.WriteStringValue(board.Watches);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
