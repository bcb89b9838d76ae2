using System.Globalization;
using System.Text;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Tests.Readings;

/// <summary>Payloads as devices send them, and as they should not: seeded, so a failure is repeated by its seed.</summary>
internal sealed class PayloadGenerator(int seed)
{
    private static readonly string[] OddNumbers =
    [
        "0", "-0", "-1", "3.0", "3e0", "30e-1", "1e400", "-1e400", "1e-400", "0.0005", "0.00049999", "99.9999", "100.0004", "100.0005",
        "12.3456789012345678901234567890", "123456789012345678901234567890", "9223372036854775807", "9223372036854775808", "1E+2", "0e0",
        "00", "01", "1.", ".5", "-", "+1", "1e", "NaN", "Infinity", "0x10", "250", "250.004", "250.005", "1000000", "1000001",
    ];

    private static readonly string[] OddValues =
    [
        "null", "true", "false", "\"12\"", "{}", "[]", "{\"a\":[1,{\"b\":null}]}", "[[[]]]", "\"\"", "\"\\u0041\"", "\"\\ud800\"", "\"é\"", "\"\\\"}\"",
    ];

    private readonly Random _random = new(seed);

    public byte[] Readings(bool namesDetectors) => OneOrMany(() => Reading(namesDetectors));

    public byte[] Observations(ObservationKind kind) => OneOrMany(() => Observation(kind));

    public byte[] Events()
    {
        var text = new StringBuilder("{");
        bool spaced = _random.Next(3) == 0;
        string comma = spaced ? ", " : ",";
        if (_random.Next(4) > 0)
        {
            text.Append(_random.Next(8) == 0 ? "\"s\\u0065q\":" : spaced ? "\"seq\": " : "\"seq\":").Append(Number(0)).Append(comma);
        }

        if (_random.Next(10) == 0)
        {
            text.Append("\"model\":").Append(Pick(OddValues)).Append(',');
        }

        text.Append(_random.Next(10) == 0 ? "\"\\u0065vents\":[" : "\"events\":[");
        int count = _random.Next(6);
        for (int i = 0; i < count; i++)
        {
            text.Append(i > 0 ? comma : "");
            string tail = _random.Next(12) == 0 ? comma + Number(0) : "";
            text.Append(_random.Next(15) == 0 ? Pick(OddValues) : $"[{Time()}{comma}{Number(255)}{comma}{Number(64)}{tail}]");
        }

        text.Append("]}");
        return Mutate(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private byte[] OneOrMany(Func<List<string>> fields)
    {
        var text = new StringBuilder();
        Space(text);
        if (_random.Next(3) == 0)
        {
            Object(text, fields());
        }
        else
        {
            text.Append('[');
            int count = _random.Next(5);
            for (int i = 0; i < count; i++)
            {
                text.Append(i > 0 ? "," : "");
                Space(text);
                if (_random.Next(15) == 0)
                {
                    text.Append(Pick(OddValues));
                }
                else
                {
                    Object(text, fields());
                }

                Space(text);
            }

            text.Append(']');
        }

        Space(text);
        return Mutate(Encoding.UTF8.GetBytes(text.ToString()));
    }

    private List<string> Reading(bool namesDetectors)
    {
        var fields = new List<string> { Field("volume", Number(40)) };
        Maybe(fields, 8, () => Field("ts", Time()));
        Maybe(fields, 7, () => Field("interval", Number(60_000)));
        Maybe(fields, 7, () => Field("occupancy", Decimal(100)));
        Maybe(fields, 7, () => Field("speed", Decimal(120)));
        Maybe(fields, 5, () => Field("seq", Number(100_000)));
        Maybe(fields, 3, () => Field("classes", Classes()));
        Maybe(fields, namesDetectors ? 9 : 1, () => Field("detector", _random.Next(12) == 0 ? Pick(OddValues) : $"\"d-{_random.Next(9)}\""));
        Maybe(fields, 3, () => Field(Pick(["lane", "tsx", "t", "", "volume ", "note"]), _random.Next(2) == 0 ? Pick(OddValues) : _random.Next(2) == 0 ? Number(9) : "\"plain text\""));
        return fields;
    }

    private List<string> Observation(ObservationKind kind)
    {
        var fields = new List<string>();
        Maybe(fields, 8, () => Field("ts", Time()));
        foreach (ObservedProperty property in kind.Properties)
        {
            Maybe(fields, 7, () => Field(property.Name, property.IsCount ? Number(200) : (_random.Next(3) == 0 ? "-" : "") + Decimal(120)));
        }

        Maybe(fields, 3, () => Field(Pick(["wind", "tsx", "", "Rain", "note"]), Pick(OddValues)));
        return fields;
    }

    private void Object(StringBuilder text, List<string> fields)
    {
        Maybe(fields, fields.Count > 0 ? 1 : 0, () => fields[_random.Next(fields.Count)]);
        if (_random.Next(2) == 0)
        {
            for (int i = fields.Count - 1; i > 0; i--)
            {
                int j = _random.Next(i + 1);
                (fields[i], fields[j]) = (fields[j], fields[i]);
            }
        }

        text.Append('{').AppendJoin(_random.Next(3) == 0 ? ", " : ",", fields).Append('}');
    }

    private string Classes()
    {
        int count = _random.Next(20) == 0 ? 17 : _random.Next(4);
        IEnumerable<string> items = Enumerable.Range(0, count).Select(i => Field(_random.Next(15) == 0 ? "bad name" : $"c{(_random.Next(15) == 0 ? 0 : i)}", Number(9)));
        return "{" + string.Join(_random.Next(3) == 0 ? ", " : ",", items) + "}";
    }

    private string Field(string name, string value)
    {
        if (_random.Next(25) == 0 && name.Length > 0)
        {
            name = $"\\u{(int)name[0]:x4}{name[1..]}";
        }

        return $"\"{name}\"{(_random.Next(25) == 0 ? " " : "")}:{(_random.Next(4) == 0 ? " " : "")}{(_random.Next(20) == 0 ? Pick(OddValues) : value)}";
    }

    private void Maybe(List<string> fields, int outOfTen, Func<string> field)
    {
        if (_random.Next(10) < outOfTen)
        {
            fields.Add(field());
        }
    }

    private string Time() => _random.Next(20) == 0 ? Pick(OddNumbers) : (1_700_000_000_000 + _random.Next(1_000_000)).ToString(CultureInfo.InvariantCulture);

    private string Number(int max) => _random.Next(12) == 0 ? Pick(OddNumbers) : _random.Next(max + 1).ToString(CultureInfo.InvariantCulture);

    private string Decimal(int max) => _random.Next(10) == 0
        ? Pick(OddNumbers)
        : (_random.NextDouble() * max).ToString("F" + _random.Next(7), CultureInfo.InvariantCulture);

    private void Space(StringBuilder text) => text.Append(_random.Next(8) == 0 ? " \r\n\t"[.._random.Next(1, 5)] : "");

    private string Pick(string[] values) => values[_random.Next(values.Length)];

    private byte[] Mutate(byte[] bytes)
    {
        switch (_random.Next(12))
        {
            case 0 when bytes.Length > 0:
                bytes[_random.Next(bytes.Length)] = (byte)_random.Next(256);
                return bytes;
            case 1:
                return bytes[.._random.Next(bytes.Length + 1)];
            case 2:
                return [0xEF, 0xBB, 0xBF, .. bytes];
            default:
                return bytes;
        }
    }
}
