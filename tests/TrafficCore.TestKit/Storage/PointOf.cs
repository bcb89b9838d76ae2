using System.Globalization;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.TestKit.Storage;

/// <summary>What the contract's table says about a row's point, written down a second time for comparison.</summary>
public static class PointOf
{
    /// <summary>Measurement name.</summary>
    public static string Measurement(FlowRow row) => row.Level.ToString().ToLowerInvariant() + "_flow";

    /// <summary>Tags.</summary>
    public static Dictionary<string, string> Tags(FlowRow row)
    {
        Dictionary<string, string> tags = new() { ["intersection"] = row.Intersection, ["window"] = string.Create(CultureInfo.InvariantCulture, $"{row.Length / 1000}s") };
        if (row.Level != FlowLevel.Intersection)
        {
            tags[row.Level == FlowLevel.Detector ? "detector" : "approach"] = row.Id;
        }

        return tags;
    }

    /// <summary>Fields: integers as long, floats as double, strings.</summary>
    public static Dictionary<string, object> Fields(FlowRow row)
    {
        Dictionary<string, object?> fields = new()
        {
            ["volume"] = row.Volume,
            ["flow_rate"] = row.FlowRate,
            ["occupancy"] = row.Occupancy,
            ["speed"] = row.Speed,
            ["readings"] = (long)row.Readings,
            ["expected"] = (long?)row.Expected,
            ["coverage"] = row.Coverage,
            ["revision"] = (long)row.Revision,
        };
        if (row.Level == FlowLevel.Detector)
        {
            fields["health"] = row.Health switch
            {
                RowHealth.Ok => "ok",
                RowHealth.Silent => "silent",
                RowHealth.StuckOn => "stuck-on",
                RowHealth.Chatter => "chatter",
                RowHealth.Inconsistent => "inconsistent",
                _ => null,
            };
        }
        else
        {
            fields["pcu"] = row.Pcu;
            fields["speed_ratio"] = row.SpeedRatio;
            fields["level_of_service"] = row.LevelOfService;
            fields["level"] = (long?)row.ServiceLevel;
            fields["los_method"] = row.LevelMethod;
            foreach (ClassVolume item in row.Classes)
            {
                fields["class_" + item.Name] = item.Volume;
            }
        }

        return fields.Where(field => field.Value is not null).ToDictionary(field => field.Key, field => field.Value!);
    }
}
