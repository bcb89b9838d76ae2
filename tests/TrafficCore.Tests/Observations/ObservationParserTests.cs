using System.Text;
using TrafficCore.TestKit;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Readings;

namespace TrafficCore.Tests.Observations;

public sealed class ObservationParserTests
{
    private const string Weather = """{"ts":1700000000000,"rain":12.345,"waterLevel":-7.25,"visibility":1500.04,"temperature":-3.005}""";
    private const string Park = """{"ts":1700000000000,"capacity":120,"occupied":57}""";

    private readonly ObservationParser _parser = new();

    [Fact]
    public void Parse_Environment_RoundsHalfUpToTheUnitOfEachProperty()
    {
        ParsedObservation o = One(Weather, ObservationKind.Environment);
        Assert.Equal((1_700_000_000_000L, ReadingFault.None, 0u), (o.Timestamp, o.Fault, o.Dropped));
        Assert.Equal([1_235, -72, 15_000, -300], Values(o));
    }

    [Fact]
    public void Parse_Parking_TakesCounts()
    {
        ParsedObservation o = One(Park, ObservationKind.Parking);
        Assert.Equal((1_700_000_000_000L, ReadingFault.None), (o.Timestamp, o.Fault));
        Assert.Equal([120, 57, null, null], Values(o));
    }

    [Fact]
    public void Kinds_Properties_AreTheContracts()
    {
        Assert.Equal(["rain", "waterLevel", "visibility", "temperature"], ObservationKind.Environment.Properties.Select(p => p.Name));
        Assert.Equal(["capacity", "occupied"], ObservationKind.Parking.Properties.Select(p => p.Name));
        Assert.Equal([(12.5, 3.5, 10.4, -0.25)], [(InUnit(0, 1250), InUnit(1, 35), InUnit(2, 104), InUnit(3, -25))]);
        Assert.All([ObservationKind.Environment, ObservationKind.Parking], kind => Assert.InRange(kind.Properties.Count, 1, ObservedValues.MaxProperties));

        static double InUnit(int property, int value) => ObservationKind.Environment.Properties[property].InContractUnit(value);
    }

    [Theory]
    [InlineData("""{"temperature":4}""")]
    [InlineData("""{"temperature":4.0}""")]
    [InlineData("""{"temperature":4e0}""")]
    [InlineData("""{"temperature":9,"temperature":4}""")]
    [InlineData("""{"temperature":"cold","temperature":4}""")]
    [InlineData("""{"temper\u0061ture":4,"rain":null,"ts":null}""")]
    [InlineData("""{"ts":5,"ts":null,"temperature":4}""")]
    [InlineData("""{"temperature":4,"wind":{"temperature":8,"deep":[{"rain":1}]},"capacity":3}""")]
    [InlineData("\uFEFF{\"temperature\":4}")]
    [InlineData("\r\n { \"temperature\" : 4 }\n")]
    [InlineData("""[{"temperature":4}]""")]
    public void Parse_OneValueWrittenOtherwise_IsRead(string json)
    {
        ParsedObservation o = One(json, ObservationKind.Environment);
        Assert.Equal((null, ReadingFault.None, 0u), (o.Timestamp, o.Fault, o.Dropped));
        Assert.Equal([null, null, null, 400], Values(o));
    }

    [Theory]
    [InlineData("rain", "0", "3000", "-0.01", "3000.01")]
    [InlineData("waterLevel", "-3000", "3000", "-3000.1", "3000.1")]
    [InlineData("visibility", "0", "100000", "-0.1", "100000.1")]
    [InlineData("temperature", "-100", "100", "-100.01", "100.01")]
    public void Parse_AtTheLimits_IsTakenAndBeyondThemDropped(string property, string lowest, string highest, string below, string above)
    {
        Assert.Equal(0u, One($$"""{"{{property}}":{{lowest}}}""", ObservationKind.Environment).Dropped);
        Assert.Equal(ReadingFault.None, One($$"""{"{{property}}":{{highest}}}""", ObservationKind.Environment).Fault);
        Assert.Equal(ReadingFault.NoValue, One($$"""{"{{property}}":{{below}}}""", ObservationKind.Environment).Fault);
        Assert.Equal(ReadingFault.NoValue, One($$"""{"{{property}}":{{above}}}""", ObservationKind.Environment).Fault);
    }

    [Theory]
    [InlineData("""{"capacity":5,"occupied":-1}""")]
    [InlineData("""{"capacity":5,"occupied":1.5}""")]
    [InlineData("""{"capacity":5,"occupied":"1"}""")]
    [InlineData("""{"capacity":5,"occupied":100001}""")]
    [InlineData("""{"capacity":5,"occupied":1e999}""")]
    [InlineData("""{"capacity":5,"occupied":[1]}""")]
    [InlineData("""{"capacity":5,"occupied":1,"occupied":true}""")]
    public void Parse_ImpossibleValue_IsDroppedAndTheOtherStays(string json)
    {
        ParsedObservation o = One(json, ObservationKind.Parking);
        Assert.Equal((ReadingFault.None, 2u), (o.Fault, o.Dropped));
        Assert.Equal([5, null, null, null], Values(o));
    }

    [Theory]
    [InlineData("{}", ReadingFault.NoValue)]
    [InlineData("""{"ts":1700000000000}""", ReadingFault.NoValue)]
    [InlineData("""{"volume":3}""", ReadingFault.NoValue)]
    [InlineData("""{"occupied":null,"capacity":-1}""", ReadingFault.NoValue)]
    [InlineData("""{"occupied":1,"ts":1700000000000.5}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"occupied":1,"ts":"2026-01-01T00:00:00Z"}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"occupied":1,"ts":-5}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"occupied":1,"ts":253402300800000}""", ReadingFault.BadTimestamp)]
    [InlineData("""{"ts":{}}""", ReadingFault.BadTimestamp)]
    public void Parse_NothingUsable_FaultsTheElement(string json, ReadingFault fault) => Assert.Equal(fault, One(json, ObservationKind.Parking).Fault);

    [Theory]
    [InlineData("", PayloadStatus.BadJson)]
    [InlineData("{\"occupied\":1}x", PayloadStatus.BadJson)]
    [InlineData("{\"occupied\":01}", PayloadStatus.BadJson)]
    [InlineData("[{\"occupied\":1},]", PayloadStatus.BadJson)]
    [InlineData("57", PayloadStatus.BadShape)]
    [InlineData("null", PayloadStatus.BadShape)]
    [InlineData("[]", PayloadStatus.Ok)]
    public void Parse_Payload_StandsOrFallsAsOne(string payload, PayloadStatus status)
    {
        _parser.Parse(Encoding.UTF8.GetBytes(Park), ObservationKind.Parking);
        Assert.Equal(status, _parser.Parse(Encoding.UTF8.GetBytes(payload), ObservationKind.Parking));
        Assert.Equal(0, _parser.Observations.Length);
    }

    [Fact]
    public void Parse_Array_JudgesElementByElement()
    {
        byte[] payload = Encoding.UTF8.GetBytes($$"""[{{Park}}, 7, {"occupied":-1}, {"ts":[],"occupied":1}, [{}]]""");
        Assert.Equal(PayloadStatus.Ok, _parser.Parse(payload, ObservationKind.Parking));
        Assert.Equal(
            [$"None {Park}", "BadShape 7", """NoValue {"occupied":-1}""", """BadTimestamp {"ts":[],"occupied":1}""", "BadShape [{}]"],
            _parser.Observations.ToArray().Select(o => $"{o.Fault} {Encoding.UTF8.GetString(payload, o.Offset, o.Length)}"));
    }

    [Fact]
    public void Parse_CutAnywhere_IsNotJson()
    {
        byte[] payload = Encoding.UTF8.GetBytes($"[{Weather},{Weather}]");
        for (int length = 0; length < payload.Length; length++)
        {
            Assert.Equal(PayloadStatus.BadJson, _parser.Parse(payload.AsSpan(0, length), ObservationKind.Environment));
        }

        Assert.Equal(PayloadStatus.Ok, _parser.Parse(payload, ObservationKind.Environment));
    }

    [Fact]
    public void Parse_MoreElementsThanARecordHolds_IsTooLarge()
    {
        string array = "[" + string.Join(",", Enumerable.Repeat("{\"occupied\":1}", ReadingLimits.MaxElements + 1)) + "]";
        Assert.Equal(PayloadStatus.TooLarge, _parser.Parse(Encoding.UTF8.GetBytes(array), ObservationKind.Parking));
        Assert.Equal(0, _parser.Observations.Length);
    }

    [Fact]
    public void Parse_Repeated_AllocatesNothing()
    {
        byte[] payload = Encoding.UTF8.GetBytes($"[{Weather},{Weather}]");
        Run(2_000);
        Assert.Equal(0, Allocations.Least(() => Run(20_000)));

        void Run(int count)
        {
            for (int i = 0; i < count; i++)
            {
                _parser.Parse(payload, ObservationKind.Environment);
            }
        }
    }

    private ParsedObservation One(string json, ObservationKind kind)
    {
        Assert.Equal(PayloadStatus.Ok, _parser.Parse(Encoding.UTF8.GetBytes(json), kind));
        Assert.Equal(1, _parser.Observations.Length);
        return _parser.Observations[0];
    }

    private static int?[] Values(ParsedObservation observation) => [.. Enumerable.Range(0, ObservedValues.MaxProperties).Select(i => observation.Values[i])];
}
