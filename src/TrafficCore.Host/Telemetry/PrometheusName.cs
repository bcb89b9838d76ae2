using System.Text;

namespace TrafficCore.Host.Telemetry;

/// <summary>Names of instruments in Prometheus text: <c>trafficcore.log.sync.duration</c> in <c>s</c> is <c>trafficcore_log_sync_duration_seconds</c>.</summary>
internal static class PrometheusName
{
    public static string Of(string instrument, string? unit, bool isCounter)
    {
        var name = Sanitize(instrument);
        var suffix = Suffix(unit);
        name = name.EndsWith(suffix, StringComparison.Ordinal) ? name : name + suffix;
        return isCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    /// <summary>A name of letters, digits and underscores that does not begin with a digit.</summary>
    public static string Sanitize(string name)
    {
        var clean = new StringBuilder(name.Length + 1);
        foreach (var c in name)
        {
            clean.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        if (clean.Length == 0 || char.IsAsciiDigit(clean[0]))
        {
            clean.Insert(0, '_');
        }

        return clean.ToString();
    }

    /// <summary>A label value or help text with what the format reserves escaped.</summary>
    public static string Escape(string text, bool quoted)
    {
        text = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quoted ? text.Replace("\"", "\\\"", StringComparison.Ordinal) : text;
    }

    // Units in braces ({reading}) are annotations: they say what is counted and do not belong in the name.
    private static string Suffix(string? unit) => unit switch
    {
        "s" => "_seconds",
        "ms" => "_milliseconds",
        "By" => "_bytes",
        "%" => "_percent",
        "Cel" => "_celsius",
        _ => "",
    };
}
