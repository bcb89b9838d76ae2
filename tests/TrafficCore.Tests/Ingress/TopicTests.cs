using System.Text;
using TrafficCore.Host.Ingress;

namespace TrafficCore.Tests.Ingress;

public sealed class TopicTests
{
    [Fact]
    public void Parse_AnyBytes_NeverThrows()
    {
        var random = new Random(5);
        string[] parts = ["traffic", "v1", "a", "detector", "detectors", "controller", "events", "plan", "status", "state", "", "é", "/", "board", "message", new string('x', 65)];
        for (int round = 0; round < 50_000; round++)
        {
            byte[] topic = Encoding.UTF8.GetBytes("traffic/v1/" + string.Join('/', Enumerable.Range(0, random.Next(8)).Select(_ => parts[random.Next(parts.Length)])));
            Topic parsed = Topic.Parse(topic, "traffic/v1/"u8);
            Assert.NotEqual(TopicMeaning.Outside, parsed.Meaning);
            Assert.True(topic[parsed.Intersection].Length <= topic.Length && topic[parsed.Device].Length <= topic.Length);
        }
    }

    [Fact]
    public void Cache_MoreTopicsThanSlots_StaysRight()
    {
        var cache = new TopicCache();
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 20; i++)
            {
                byte[] topic = Encoding.UTF8.GetBytes($"traffic/v1/int-{i}/detector/{new string('d', i + 1)}");
                TopicSlot slot = cache.Find(topic, "traffic/v1/"u8);
                Assert.Equal(($"int-{i}", new string('d', i + 1)), (Encoding.UTF8.GetString(slot.Intersection), Encoding.UTF8.GetString(slot.DeviceId)));
                Assert.Same(slot, cache.Find(topic, "traffic/v1/"u8));
            }
        }
    }
}
