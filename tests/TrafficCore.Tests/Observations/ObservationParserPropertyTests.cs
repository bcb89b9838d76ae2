using System.Text;
using TrafficCore.Tests.Readings;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Tests.Observations;

public sealed class ObservationParserPropertyTests
{
    private const int Payloads = 30_000;

    public static TheoryData<string> Kinds => ["environment", "parking"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Parse_AnyPayload_IsWhatTheOracleSays(string name)
    {
        ObservationKind kind = name == "parking" ? ObservationKind.Parking : ObservationKind.Environment;
        var parser = new ObservationParser();
        int good = 0;
        for (int seed = 0; seed < Payloads; seed++)
        {
            byte[] payload = new PayloadGenerator(seed).Observations(kind);
            PayloadStatus status = parser.Parse(payload, kind);
            List<string> expected = ObservationOracle.Describe(payload, kind);
            List<string> found = status == PayloadStatus.Ok ? Describe(parser, payload, kind) : [status.ToString()];
            Assert.True(expected.SequenceEqual(found), $"seed {seed}: {Encoding.UTF8.GetString(payload)}\n{string.Join('\n', expected)}\n{string.Join('\n', found)}");
            good += found.Exists(line => line.StartsWith('@')) ? 1 : 0;
        }

        Assert.InRange(good, Payloads / 3, Payloads - 1);
    }

    private static List<string> Describe(ObservationParser parser, byte[] payload, ObservationKind kind)
    {
        var lines = new List<string>();
        foreach (ref readonly ParsedObservation observation in parser.Observations)
        {
            lines.Add(ObservationOracle.Describe(observation, payload, kind));
        }

        return lines;
    }
}
