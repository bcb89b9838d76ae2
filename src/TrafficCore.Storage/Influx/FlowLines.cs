using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Influx;

/// <summary>Writes rows as points: measurement, tags and fields of the contract. An unknown value is an absent field.</summary>
internal static class FlowLines
{
    /// <summary>Writes one point and its line end.</summary>
    public static void Write(LineBuffer line, FlowRow row)
    {
        line.Raw(Measurement(row.Level));
        line.Raw(",intersection="u8);
        line.Name(row.Intersection);
        if (row.Level != FlowLevel.Intersection)
        {
            line.Raw(row.Level == FlowLevel.Detector ? ",detector="u8 : ",approach="u8);
            line.Name(row.Id);
        }

        line.Raw(",window="u8);
        line.Window(row.Length);
        line.Raw((byte)' ');
        WriteFields(line, row);
        line.Raw((byte)' ');
        line.Integer(row.Start);
        line.Raw((byte)'\n');
    }

    public static ReadOnlySpan<byte> Measurement(FlowLevel level) => level switch
    {
        FlowLevel.Detector => "detector_flow"u8,
        FlowLevel.Approach => "approach_flow"u8,
        _ => "intersection_flow"u8,
    };

    /// <summary>Every point has readings and revision, so a point is never without a field.</summary>
    private static void WriteFields(LineBuffer line, FlowRow row)
    {
        line.Raw("readings="u8);
        line.Integer(row.Readings);
        line.Raw("i,revision="u8);
        line.Integer(row.Revision);
        line.Raw((byte)'i');
        Integer(line, ",volume="u8, row.Volume);
        Float(line, ",flow_rate="u8, row.FlowRate);
        Float(line, ",occupancy="u8, row.Occupancy);
        Float(line, ",speed="u8, row.Speed);
        Integer(line, ",expected="u8, row.Expected);
        Float(line, ",coverage="u8, row.Coverage);
        if (row.Level == FlowLevel.Detector)
        {
            String(line, ",health="u8, HealthName(row.Health));
        }
        else
        {
            WriteServiceFields(line, row);
        }
    }

    private static void WriteServiceFields(LineBuffer line, FlowRow row)
    {
        Float(line, ",pcu="u8, row.Pcu);
        for (int i = 0; i < row.Classes.Count; i++)
        {
            line.Raw(",class_"u8);
            line.Name(row.Classes[i].Name);
            line.Raw((byte)'=');
            line.Integer(row.Classes[i].Volume);
            line.Raw((byte)'i');
        }

        if (row.ServiceLevel is { } level)
        {
            line.Raw(",level_of_service=\""u8);
            line.Raw("ABCDEF"u8[level - 1]);
            line.Raw("\",level="u8);
            line.Integer(level);
            line.Raw((byte)'i');
            String(line, ",los_method="u8, row.LevelMethod);
        }

        Float(line, ",speed_ratio="u8, row.SpeedRatio);
    }

    private static void Integer(LineBuffer line, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } known)
        {
            line.Raw(name);
            line.Integer(known);
            line.Raw((byte)'i');
        }
    }

    private static void Float(LineBuffer line, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } known && double.IsFinite(known))
        {
            line.Raw(name);
            line.Float(known);
        }
    }

    private static void String(LineBuffer line, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            line.Raw(name);
            line.Text(value);
        }
    }

    private static string? HealthName(RowHealth health) => health switch
    {
        RowHealth.Ok => "ok",
        RowHealth.Silent => "silent",
        RowHealth.StuckOn => "stuck-on",
        RowHealth.Chatter => "chatter",
        RowHealth.Inconsistent => "inconsistent",
        _ => null,
    };
}
