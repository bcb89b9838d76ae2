using System.Text;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Influx;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Storage;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Tests.Storage.Influx;

public sealed class ObservationLinesTests
{
    private static readonly Observation Weather = new(
        ObservationKind.Environment, "int-0001", "w-1", 1_700_000_040_123, new ObservedValues { [0] = 1234, [1] = -35, [2] = 15_000, [3] = 0 });

    private static readonly Observation Park = new(ObservationKind.Parking, "int-0001", "p-1", -5, new ObservedValues { [0] = 120, [1] = 57 });

    [Fact]
    public void Write_EveryValue_MatchesTheContract()
    {
        Assert.Equal("environment,intersection=int-0001,sensor=w-1 rain=12.34,waterLevel=-3.5,visibility=1500,temperature=0 1700000040123\n", Encode(Weather));
        Assert.Equal("parking,intersection=int-0001,parking=p-1 capacity=120i,occupied=57i -5\n", Encode(Park));
    }

    [Fact]
    public void Write_AbsentValue_IsAnAbsentField()
    {
        Assert.Equal("environment,intersection=int-0001,sensor=w-1 temperature=-0.05 1700000040123\n", Encode(Weather with { Values = new ObservedValues { [3] = -5 } }));
        Assert.Equal("parking,intersection=int-0001,parking=p-1 occupied=0i -5\n", Encode(Park with { Values = new ObservedValues { [1] = 0 } }));
    }

    [Fact]
    public void Write_RandomObservations_ReadBackByAStrictParser()
    {
        RandomObservations random = new(seed: 11);
        LineBuffer line = new();
        for (int i = 0; i < 3_000; i++)
        {
            Observation observation = random.Next(i % 2 == 0 ? ObservationKind.Environment : ObservationKind.Parking, $"int {i % 7}", $"d=,{i}", i);
            line.Clear();
            ObservationLines.Write(line, observation);

            LinePoint point = Assert.Single(LineProtocolParser.Parse(line.Written.Span));

            Assert.Equal((observation.Timestamp, observation.Kind.Name), (point.Timestamp, point.Measurement));
            Assert.Equal(RandomObservations.Tags(observation), point.Tags);
            Assert.Equal(RandomObservations.Fields(observation), point.Fields);
        }
    }

    [Fact]
    public void Write_Warm_AllocatesNothing()
    {
        LineBuffer line = new();
        Write(10);
        Assert.Equal(0, Allocations.Least(() => Write(1_000)));

        void Write(int count)
        {
            for (int i = 0; i < count; i++)
            {
                line.Clear();
                ObservationLines.Write(line, Weather);
            }
        }
    }

    [Fact]
    public void Batch_ObservationsBetweenRows_AreCountedAndCutAsPoints()
    {
        PointBatch batch = new();
        batch.Add(new OutputEntry(0, 10, 0, [], Observation: Weather));
        batch.Add(new OutputEntry(10, 20, 0, [new() { Level = Traffic.Windows.FlowLevel.Detector, Intersection = "i", Id = "d", Start = 0, Length = 60_000, Revision = 1 }]));
        batch.Add(new OutputEntry(20, 30, 0, [], Observation: Park));
        batch.Encode([], 0);

        Assert.Equal((30, 3, 3), (batch.Next, batch.Rows, batch.Points));
        Assert.Equal(Encode(Park), Encoding.UTF8.GetString(batch.All.Halves().Right.Halves().Right.Bytes.Span));
        batch.Clear();
        batch.Encode([], 0);
        Assert.Equal((0, 0), (batch.Rows, batch.Points));
    }

    private static string Encode(Observation observation)
    {
        LineBuffer line = new();
        ObservationLines.Write(line, observation);
        return Encoding.UTF8.GetString(line.Written.Span);
    }
}
