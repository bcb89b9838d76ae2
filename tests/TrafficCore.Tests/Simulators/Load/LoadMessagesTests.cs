using System.Text;
using System.Text.Json;
using TrafficCore.Simulators.Load;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Tests.Simulators.Load;

public sealed class LoadMessagesTests
{
    private const long Now = 1_700_000_000_001;

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(5, 1000)]
    [InlineData(5, 1)]
    [InlineData(3, 7)]
    public void Unit_DueAtAnyPace_NeverGivesATimestampTwice(int readings, int pauseMs)
    {
        var unit = LoadUnit.Detector("i", 1, readings, 200);
        var seen = new HashSet<long>();
        for (var n = 0; n < 500; n++)
        {
            var message = unit.Next(0, Now + (n * pauseMs), lateMs: n % 4 == 3 ? 10_000 : 0);
            for (var i = 0; i < readings; i++)
            {
                Assert.True(seen.Add(message.Timestamp + ((long)i * message.Step)), $"message {n}, reading {i}");
            }
        }
    }

    [Fact]
    public void Unit_OnTime_EndsItsLastIntervalNow()
    {
        var message = LoadUnit.Detector("i", 1, 5, 200).Next(0, Now, lateMs: 0);

        Assert.Equal((Now - 1 - 1000, 200), (message.Timestamp, message.Step));
    }

    [Theory]
    [InlineData("Minimal", 1, false, 0)]
    [InlineData("Usual", 1, false, 400)]
    [InlineData("Full", 4, false, 0)]
    [InlineData("Full", 10, true, 3000)]
    [InlineData("Usual", 1, true, 0)]
    public void Payload_Readings_AreWhatTheServiceReads(string named, int batch, bool byIntersection, int bytes)
    {
        var fields = Enum.Parse<LoadFields>(named);
        var payload = new LoadPayload(new LoadMix { Fields = fields, Batch = batch, ByIntersection = byIntersection, Bytes = bytes });
        var unit = byIntersection ? LoadUnit.Detectors("i", 3, batch, 1000) : LoadUnit.Detector("i", 3, batch, 1000);
        unit.Next(0, Now - 5000, 0);
        var message = unit.Next(0, Now, 0);

        var written = payload.Write(message).ToArray();

        var parser = new ReadingParser();
        Assert.Equal(PayloadStatus.Ok, parser.Parse(written, byIntersection));
        Assert.Equal(batch, parser.Readings.Length);
        long volume = 0;
        foreach (var reading in parser.Readings)
        {
            Assert.Equal((ReadingFault.None, ReadingFields.None, 1000u), (reading.Fault, reading.Dropped, reading.Interval));
            volume += reading.Volume;
        }

        Assert.Equal(message.Volume, volume);
        Assert.Equal(fields == LoadFields.Full, parser.Readings[0].ClassCount == 2);
        Assert.Equal(fields >= LoadFields.Usual, (parser.Readings[0].Present & ReadingFields.Occupancy) != 0);
        Assert.True(bytes == 0 || written.Length == bytes, Encoding.UTF8.GetString(written));
        Assert.True(payload.Write(message).SequenceEqual(written), "the same message gives the same bytes");
    }

    [Fact]
    public void Payload_Events_AreWhatTheServiceReads()
    {
        var unit = LoadUnit.Controller("i", "c-1", 20);
        var payload = new LoadPayload(new LoadMix());
        var (parser, seen) = (new EventParser(), new HashSet<(long, int, int)>());
        for (var n = 0u; n < 50; n++)
        {
            Assert.Equal(PayloadStatus.Ok, parser.Parse(payload.Write(unit.Next(0, Now + (n * 30), 0))));
            Assert.Equal((n, 20), (parser.Sequence, parser.Events.Length));
            foreach (var e in parser.Events)
            {
                Assert.True(e.Fault == ReadingFault.None && seen.Add((e.Timestamp, e.Code, e.Parameter)));
            }
        }
    }

    [Theory]
    [InlineData("Environment", "rain waterLevel visibility temperature")]
    [InlineData("Parking", "capacity occupied")]
    public void Payload_Sensors_HaveTheContractsFields(string kind, string fields)
    {
        var written = new LoadPayload(new LoadMix()).Write(LoadUnit.Sensor(Enum.Parse<LoadKind>(kind), "i", "s").Next(0, Now, 0)).ToArray();

        using var json = JsonDocument.Parse(written);
        Assert.Equal(["ts", .. fields.Split(' ')], json.RootElement.EnumerateObject().Select(static p => p.Name));
        Assert.All(json.RootElement.EnumerateObject(), static p => Assert.Equal(JsonValueKind.Number, p.Value.ValueKind));
    }

    [Fact]
    public void Devices_Shares_AreKept()
    {
        var mix = new LoadMix { Events = 0.2, Environment = 0.1, Parking = 0.05, Duplicates = 0.25, Late = 0.5 };
        var devices = new LoadDevices(new LoadLayout(new LoadOptions { Connections = 1, Mix = mix }), mix, 0);
        var (kinds, repeats, late) = (new int[4], 0, 0);
        for (var i = 0; i < 10_000; i++)
        {
            var message = devices.Next(0, Now + (i * 1000));
            kinds[(int)message.Unit.Kind]++;
            repeats += devices.RepeatsLast ? 1 : 0;
            late += message.Timestamp < Now + (i * 1000) - 500_000 ? 1 : 0;
        }

        Assert.Equal([6500, 2000, 1000, 500], kinds, (expected, actual) => Math.Abs(expected - actual) < 300);
        Assert.InRange(repeats, 1400, 1850);
        Assert.InRange(late, 3000, 3500);
    }
}
