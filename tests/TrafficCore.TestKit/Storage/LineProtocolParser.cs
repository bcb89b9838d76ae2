using System.Globalization;
using System.Text;

namespace TrafficCore.TestKit.Storage;

/// <summary>A point as a strict reader of line protocol takes it.</summary>
public sealed record LinePoint(
    string Measurement, IReadOnlyDictionary<string, string> Tags, IReadOnlyDictionary<string, object> Fields, long Timestamp)
{
    /// <summary>Measurement and tags in their canonical order.</summary>
    public string Series => Measurement + string.Concat(Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal).Select(tag => $",{tag.Key}={tag.Value}"));
}

/// <summary>Reads line protocol by the 2.x reference, character by character, and refuses everything that it does not allow.</summary>
public sealed class LineProtocolParser
{
    private readonly string text;
    private int at;

    private LineProtocolParser(string text) => this.text = text;

    private char Current => at < text.Length ? text[at] : throw Bad("line ends too early");

    /// <summary>Reads all lines.</summary>
    /// <exception cref="FormatException">A line is not line protocol.</exception>
    public static List<LinePoint> Parse(ReadOnlySpan<byte> utf8)
    {
        LineProtocolParser parser = new(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(utf8));
        List<LinePoint> points = [];
        while (parser.at < parser.text.Length)
        {
            points.Add(parser.Point());
        }

        return points;
    }

    private LinePoint Point()
    {
        string measurement = Name(", ", ", ");
        Dictionary<string, string> tags = [];
        while (Current == ',')
        {
            at++;
            string key = Name("=", ",= ");
            Expect('=');
            if (!tags.TryAdd(key, Name(", ", ",= ")))
            {
                throw Bad($"tag {key} twice");
            }
        }

        Expect(' ');
        Dictionary<string, object> fields = [];
        do
        {
            at += fields.Count > 0 ? 1 : 0;
            string key = Name("=", ",= ");
            Expect('=');
            if (!fields.TryAdd(key, Value()))
            {
                throw Bad($"field {key} twice");
            }
        }
        while (Current == ',');

        Expect(' ');
        long timestamp = long.Parse(Until('\n'), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        Expect('\n');
        return new LinePoint(measurement, tags, fields, timestamp);
    }

    /// <summary>A name up to one of the ends; the listed characters may be escaped, a backslash before anything else stands for itself.</summary>
    private string Name(string ends, string escapable)
    {
        StringBuilder name = new();
        while (!ends.Contains(Current))
        {
            if (Current == '\n' || (Current is '=' or ' ' or ',' && escapable.Contains(Current)))
            {
                throw Bad($"unescaped '{Current}'");
            }

            if (Current == '\\' && at + 1 < text.Length && escapable.Contains(text[at + 1]))
            {
                at++;
            }

            name.Append(text[at++]);
        }

        return name.Length > 0 ? name.ToString() : throw Bad("empty name");
    }

    private object Value()
    {
        if (Current == '"')
        {
            return Quoted();
        }

        int start = at;
        while (Current is not (',' or ' ' or '\n'))
        {
            at++;
        }

        string value = text[start..at];
        if (value.EndsWith('i'))
        {
            return long.Parse(value[..^1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        }

        if (value is "t" or "T" or "true" or "True" or "TRUE" or "f" or "F" or "false" or "False" or "FALSE")
        {
            return value[0] is 't' or 'T';
        }

        const NumberStyles Float = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return char.IsAsciiDigit(value.TrimStart('-').FirstOrDefault()) ? double.Parse(value, Float, CultureInfo.InvariantCulture) : throw Bad($"value {value}");
    }

    private string Quoted()
    {
        StringBuilder value = new();
        for (at++; Current != '"'; at++)
        {
            if (Current == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\')
            {
                at++;
            }

            value.Append(Current);
        }

        at++;
        return value.ToString();
    }

    private string Until(char end)
    {
        int start = at;
        while (Current != end)
        {
            at++;
        }

        return text[start..at];
    }

    private void Expect(char expected)
    {
        if (Current != expected)
        {
            throw Bad($"expected '{expected}', found '{Current}'");
        }

        at++;
    }

    private FormatException Bad(string problem) => new($"{problem} at {at} in '{text[..Math.Min(text.Length, 200)]}'");
}
