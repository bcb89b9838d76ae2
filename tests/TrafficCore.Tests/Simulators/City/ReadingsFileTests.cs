using System.Text;
using System.Text.Json;
using TrafficCore.Simulators.City;
using TrafficCore.Simulators.City.Sending;

namespace TrafficCore.Tests.Simulators;

/// <summary>The file format of recorded messages, as the contract describes it.</summary>
public sealed class ReadingsFileTests
{
    [Fact]
    public void Lines_Messages_CarryDueTopicAndPayload()
    {
        Assert.Equal(
            """
            {"due":1767596400123,"topic":"traffic/v1/int-0001/detector/d-01","payload":{"ts":1,"volume":2}}
            {"due":1767596400124,"topic":"traffic/v1/int-0001/detectors","payload":[{"detector":"d-01","volume":2}]}
            {"due":1767596400125,"topic":"t","text":"{\u0022ts\u0022:1,\u0022vol"}

            """,
            Write(file =>
            {
                file.Send(new CityMessage(1_767_596_400_123, 0, 0, "traffic/v1/int-0001/detector/d-01"), """{"ts":1,"volume":2}"""u8);
                file.Send(new CityMessage(1_767_596_400_124, 0, 0, "traffic/v1/int-0001/detectors"), """[{"detector":"d-01","volume":2}]"""u8);
                file.Send(new CityMessage(1_767_596_400_125, 0, 0, "t", IsBroken: true), """{"ts":1,"vol"""u8);
            }));
    }

    [Fact]
    public void Lines_OfACity_AreJsonInOrderAndTheMessages()
    {
        var options = new CityOptions();
        const string Plan = """{ "faults": [ { "device": "int-0001/detector/*", "kind": "malformed", "start": "1m", "duration": "5m", "parameters": { "percent": 30 } } ] }""";
        CityEngine Engine() => CityRig.Engine(CityRig.Grid(2, options), options, new ReportOptions { Kind = ReportKind.Both }, Plan);
        var sent = CityRig.Run(Engine(), 600).All;

        var text = Write(file =>
        {
            var engine = Engine();
            for (var second = 0; second < 600; second++)
            {
                engine.Step(file);
            }

            engine.Finish(file);
            Assert.Equal(sent.Count, file.Count);
        });

        var lines = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(
            sent.Select(static m => (m.Message.DueMs, m.Message.Topic, m.Payload)),
            lines.Select(static l => (l.GetProperty("due").GetInt64(), l.GetProperty("topic").GetString()!, l.TryGetProperty("text", out var t) ? t.GetString()! : l.GetProperty("payload").GetRawText())));
        Assert.Contains(lines, static l => l.TryGetProperty("text", out _));
    }

    private static string Write(Action<ReadingsFile> write)
    {
        var stream = new MemoryStream();
        using (var file = new ReadingsFile(stream))
        {
            write(file);
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }
}
