using System.Globalization;
using System.Text;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit;

namespace TrafficCore.Tests.Ingress;

/// <summary>From payload bytes to sealed records in the log, a reading costs no garbage.</summary>
public sealed class IngressAllocationTests
{
    [Theory]
    [InlineData("""{"ts":1760000000000,"interval":60000,"volume":12,"occupancy":8.5,"speed":43.2,"seq":17}""", 1)]
    [InlineData("""{"ts":1760000000000,"volume":12,"classes":{"car":10,"bus":2}}""", 1)]
    [InlineData("""{"volume":12}""", 1)]
    [InlineData("""{"ts":1760000000000,"volume":3.0,"lane":"left"}""", 20)]
    public void Accept_SteadyState_AllocatesNothingPerReading(string json, int topics)
    {
        var door = new IngressHarness();
        byte[] payload = Encoding.UTF8.GetBytes(json);
        byte[][] names = [.. Enumerable.Range(0, topics).Select(i => Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"traffic/v1/int-0001/detector/d-{i}")))];
        door.Log.KeepOnlyLast(64 * 1024);
        Run(5_000);
        Assert.Equal(0, Allocations.Least(() => Run(100_000)));
        Assert.Equal(topics, door.Registry.Count);

        void Run(int payloads)
        {
            for (int i = 0; i < payloads; i++)
            {
                door.Session.Accept(PublishView.Create(names[i % topics], payload, QualityOfService.AtLeastOnce, false, 1));
                if (i % 10 == 9)
                {
                    door.Session.TryCommit(10, door, out _);
                }
            }
        }
    }

    [Theory]
    [InlineData("controller/c/events", """{"seq":7,"events":[[1760000000000,82,5],[1760000000100,81,5],[1760000000200,82,6],[1760000000300,1,2]]}""")]
    [InlineData("environment/w", """{"ts":1760000000000,"rain":1.25,"waterLevel":3,"visibility":900,"temperature":-2.5}""")]
    [InlineData("parking/p", """[{"ts":1760000000000,"capacity":100,"occupied":57},{"ts":1760000060000,"occupied":58}]""")]
    public void Accept_EventsAndObservationsInSteadyState_AllocateNothing(string device, string json)
    {
        var door = new IngressHarness();
        byte[] topic = Encoding.UTF8.GetBytes("traffic/v1/int-0001/" + device);
        byte[] payload = Encoding.UTF8.GetBytes(json);
        door.Log.KeepOnlyLast(64 * 1024);
        Run(2_000);
        Assert.Equal(0, Allocations.Least(() => Run(25_000)));

        void Run(int payloads)
        {
            for (int i = 0; i < payloads; i++)
            {
                door.Session.Accept(PublishView.Create(topic, payload, QualityOfService.AtLeastOnce, false, 1));
                door.Session.TryCommit(1, door, out _);
            }
        }
    }
}
