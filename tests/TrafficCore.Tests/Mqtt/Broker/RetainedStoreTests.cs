using System.Text;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>The retained tree agrees with a plain list, and keeps its bounds.</summary>
public sealed class RetainedStoreTests
{
    [Fact]
    public void Match_UpToAChange_LeavesOutWhatWasStoredLater()
    {
        var store = new RetainedStore(10, long.MaxValue);
        Assert.True(store.TrySet(Message("a/x", "1")) && store.TrySet(Message("a/y", "1")));
        var upTo = store.Changes;
        Assert.True(store.TrySet(Message("a/y", "2")) && store.TrySet(Message("a/z", "1")));

        var found = new List<ApplicationMessage>();
        store.Match(Utf8("a/#"), 0, found, upTo);
        Assert.Equal("a/x", Assert.Single(found).Topic);
        Assert.Null(store.Find(Utf8("a/y"), 0, upTo));
        Assert.NotNull(store.Find(Utf8("a/y"), 0));
    }

    [Fact]
    public void Match_RandomChanges_AgreesWithTheNaiveMatcher()
    {
        var random = new Random(11);
        var store = new RetainedStore(10_000, long.MaxValue);
        var plain = new Dictionary<string, string>();
        for (var step = 0; step < 3000; step++)
        {
            var topic = string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(i => i == 0 && random.Next(8) == 0 ? "$s" : "abc"[random.Next(3)].ToString()));
            var payload = random.Next(4) == 0 ? "" : step.ToString(System.Globalization.CultureInfo.InvariantCulture);
            Assert.True(store.TrySet(Message(topic, payload)));
            if (payload.Length == 0)
            {
                plain.Remove(topic);
            }
            else
            {
                plain[topic] = payload;
            }

            var filter = string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(i => random.Next(3) == 0 ? "+" : "abc"[random.Next(3)].ToString()))
                + (random.Next(3) == 0 ? "/#" : "");
            var found = new List<ApplicationMessage>();
            store.Match(Utf8(filter), 0, found);
            var expected = plain.Where(p => TopicFilter.IsMatch(Utf8(filter), Utf8(p.Key))).Select(p => p.Key + "=" + p.Value);
            Assert.Equal(expected.Order(), found.Select(m => m.Topic + "=" + Encoding.UTF8.GetString(m.Payload.Span)).Order());
            Assert.Equal(plain.Count, store.Count);
        }

        Assert.Equal(plain.Sum(p => p.Key.Length + p.Value.Length), store.Bytes);
    }

    [Fact]
    public void TrySet_OverTheBytes_ChangesNothing()
    {
        var store = new RetainedStore(10, 10);
        Assert.True(store.TrySet(Message("a", "12345")));
        Assert.False(store.TrySet(Message("b", "12345")));
        Assert.True(store.TrySet(Message("a", "123456789")));
        Assert.False(store.TrySet(Message("a", "1234567890")));

        Assert.Equal(10, store.Bytes);
        Assert.Equal("123456789", Encoding.UTF8.GetString(store.Find("a"u8, 0)!.Payload.Span));
    }

    [Fact]
    public void TrySet_WithoutLimits_LeavesTheRoomOfTheOthers()
    {
        var store = new RetainedStore(1, 10);
        Assert.True(store.TrySet(Message("own", "123456789"), isLimited: false));
        Assert.True(store.TrySet(Message("a", "123456789")));
        Assert.True(store.TrySet(Message("own", "1234567890"), isLimited: false));
        Assert.False(store.TrySet(Message("b", "")) && store.TrySet(Message("b", "1")));
        Assert.Equal((2, 23), (store.Count, store.Bytes));

        store.TrySet(Message("own", ""), isLimited: false);
        Assert.False(store.TrySet(Message("b", "1")));
        store.TrySet(Message("a", ""));
        Assert.True(store.TrySet(Message("b", "1")));
        Assert.Equal((1, 2), (store.Count, store.Bytes));
    }

    [Fact]
    public void RemoveExpired_FreesWhatIsOver()
    {
        var store = new RetainedStore(10, 1000);
        store.TrySet(Message("a", "1", expiresAt: 100));
        store.TrySet(Message("b", "1"));
        Assert.Null(store.Find("a"u8, 100));
        store.RemoveExpired(100);

        Assert.Equal(1, store.Count);
    }

    [Fact]
    public void TrySet_TopicOfTooManyLevels_IsRefused() =>
        Assert.False(new RetainedStore(10, 1 << 20).TrySet(Message(new string('/', 60_000), "x")));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static ApplicationMessage Message(string topic, string payload, long expiresAt = ApplicationMessage.NeverExpires) =>
        new(Utf8(topic), Utf8(payload), [], QualityOfService.AtMostOnce, true, expiresAt);
}
