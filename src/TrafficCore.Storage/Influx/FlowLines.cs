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
        Milli(line, ",flow_rate="u8, row.FlowRateMilli);
        Mean(line, ",occupancy="u8, row.OccupancyWeighted, row.OccupancyMs, 1, row.Occupancy);
        Mean(line, ",speed="u8, row.SpeedWeighted, row.SpeedVehicles, 10, row.Speed);
        Integer(line, ",expected="u8, row.Expected);
        Coverage(line, row);
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
        Milli(line, ",pcu="u8, row.PcuMilli);
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

        Milli(line, ",speed_ratio="u8, row.SpeedRatioMilli);
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

    private static void Milli(LineBuffer line, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } known)
        {
            line.Raw(name);
            line.Thousandths(known);
        }
    }

    /// <summary>A mean: in thousandths where the division leaves no rest, as with every single reading.</summary>
    private static void Mean(LineBuffer line, ReadOnlySpan<byte> name, long sum, long weight, int thousandths, double? value)
    {
        if (value is not { } known || !double.IsFinite(known))
        {
            return;
        }

        line.Raw(name);
        if (sum % weight == 0)
        {
            line.Thousandths(sum / weight * thousandths);
        }
        else
        {
            line.Float(known);
        }
    }

    private static void Coverage(LineBuffer line, FlowRow row)
    {
        if (row.Coverage is { } known)
        {
            long observed = Math.Min(row.ObservedMs, row.ExpectedMs!.Value);
            Mean(line, ",coverage="u8, observed * 1000, row.ExpectedMs.Value, 1, known);
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
