using System.Globalization;
using System.Text;
using System.Text.Json;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Tests.Readings;

public sealed class ReadingParserPropertyTests
{
    private const int Payloads = 40_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readings_AnyPayload_ScannerAndReaderAgree(bool namesDetectors)
    {
        var scanning = new ReadingParser();
        var reading = new ReadingParser();
        int good = 0;
        for (int seed = 0; seed < Payloads; seed++)
        {
            byte[] payload = new PayloadGenerator(seed).Readings(namesDetectors);
            PayloadStatus left = scanning.Parse(payload, namesDetectors);
            PayloadStatus right = reading.ParseAny(payload, namesDetectors);
            Assert.True(left == right, $"seed {seed}: {left} {right} {Encoding.UTF8.GetString(payload)}");
            Assert.Equal(Describe(reading, payload), Describe(scanning, payload));
            good += left == PayloadStatus.Ok ? 1 : 0;
        }

        Assert.InRange(good, Payloads / 2, Payloads - 1);
    }

    [Fact]
    public void Events_AnyPayload_ScannerAndReaderAgree()
    {
        var scanning = new EventParser();
        var reading = new EventParser();
        int good = 0;
        for (int seed = 0; seed < Payloads; seed++)
        {
            byte[] payload = new PayloadGenerator(seed).Events();
            PayloadStatus left = scanning.Parse(payload);
            PayloadStatus right = reading.ParseAny(payload);
            Assert.True(left == right, $"seed {seed}: {left} {right} {Encoding.UTF8.GetString(payload)}");
            Assert.True(scanning.Sequence == reading.Sequence && scanning.SequenceDropped == reading.SequenceDropped, $"seed {seed}");
            Assert.Equal(reading.Events.ToArray(), scanning.Events.ToArray());
            good += left == PayloadStatus.Ok ? 1 : 0;
        }

        Assert.InRange(good, Payloads / 2, Payloads - 1);
    }

    [Fact]
    public void Syntax_AnyBytes_AcceptsWhatTheFrameworkReads()
    {
        for (int seed = 0; seed < Payloads; seed++)
        {
            byte[] payload = new PayloadGenerator(seed).Readings(namesDetectors: false);
            Assert.True(JsonSyntax.IsValid(payload) == FrameworkReads(payload), $"seed {seed}: {Encoding.UTF8.GetString(payload)}");
        }
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(10_000)]
    public void Syntax_Nesting_HasTheFrameworksLimit(int depth)
    {
        byte[] arrays = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        byte[] objects = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", depth)) + "1" + new string('}', depth));
        Assert.Equal(depth <= 64, JsonSyntax.IsValid(arrays));
        Assert.Equal(depth <= 64, JsonSyntax.IsValid(objects));
        Assert.Equal(FrameworkReads(arrays), JsonSyntax.IsValid(arrays));
        Assert.Equal(FrameworkReads(objects), JsonSyntax.IsValid(objects));
    }

    [Fact]
    public void Numbers_AnyDecimal_RoundHalfUpExactly()
    {
        var random = new Random(7);
        for (int round = 0; round < 200_000; round++)
        {
            decimal number = random.Next(1_000_000_000) / (decimal)Math.Pow(10, random.Next(10)) * (random.Next(4) == 0 ? -1 : 1);
            int scale = random.Next(4);
            string text = random.Next(3) == 0
                ? number.ToString("E12", CultureInfo.InvariantCulture)
                : number.ToString(CultureInfo.InvariantCulture);
            decimal scaled = decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture) * (decimal)Math.Pow(10, scale);
            int i = 0;
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            NumberStatus status = JsonNumber.Read(utf8, ref i, scale, out long value);
            Assert.Equal(utf8.Length, i);
            Assert.Equal(decimal.Floor(scaled + 0.5m), value);
            Assert.Equal(scaled == decimal.Truncate(scaled) ? NumberStatus.Exact : NumberStatus.Rounded, status);
        }
    }

    private static bool FrameworkReads(byte[] payload)
    {
        try
        {
            var reader = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 64 });
            while (reader.Read())
            {
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static List<string> Describe(ReadingParser parser, byte[] payload)
    {
        var lines = new List<string>();
        foreach (ParsedReading r in parser.Readings)
        {
            string element = Encoding.UTF8.GetString(payload, r.Offset, r.Length);
            if (r.Fault != ReadingFault.None)
            {
                lines.Add($"{r.Fault} {element}");
                continue;
            }

            string detector = Encoding.UTF8.GetString(parser.DetectorOf(r));
            lines.Add($"{detector} {r.Present} dropped {r.Dropped} v={r.Volume} {Optional(r)} {element}");
            if ((r.Present & ReadingFields.Classes) != 0)
            {
                foreach (ParsedClass c in parser.Classes.Slice(r.ClassStart, r.ClassCount))
                {
                    lines.Add($"  {Encoding.UTF8.GetString(parser.NameOf(c))}={c.Volume}");
                }
            }
        }

        return lines;
    }

    private static string Optional(in ParsedReading r)
    {
        var text = new StringBuilder();
        void Add(ReadingFields present, ReadingFields field, long value) => text.Append((present & field) != 0 ? $"{field}={value} " : "");
        Add(r.Present, ReadingFields.Timestamp, r.Timestamp);
        Add(r.Present, ReadingFields.Interval, r.Interval);
        Add(r.Present, ReadingFields.Occupancy, r.Occupancy);
        Add(r.Present, ReadingFields.Speed, r.Speed);
        Add(r.Present, ReadingFields.Sequence, r.Sequence);
        return text.ToString();
    }
}
