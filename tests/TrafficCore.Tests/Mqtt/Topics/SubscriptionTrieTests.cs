using System.Text;
using TrafficCore.Mqtt.Topics;
using TrafficCore.TestKit;

namespace TrafficCore.Tests.Mqtt.Topics;

/// <summary>The trie agrees with one filter against one name, and that agrees with the examples of the specification.</summary>
public sealed class SubscriptionTrieTests
{
    [Theory]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/ranking", true)]
    [InlineData("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true)]
    [InlineData("sport/#", "sport", true)]
    [InlineData("#", "sport/tennis", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1", true)]
    [InlineData("sport/tennis/+", "sport/tennis/player1/ranking", false)]
    [InlineData("sport/+", "sport", false)]
    [InlineData("sport/+", "sport/", true)]
    [InlineData("+/+", "/finance", true)]
    [InlineData("/+", "/finance", true)]
    [InlineData("+", "/finance", false)]
    [InlineData("#", "$SYS/monitor", false)]
    [InlineData("+/monitor/Clients", "$SYS/monitor/Clients", false)]
    [InlineData("$SYS/#", "$SYS/monitor/Clients", true)]
    [InlineData("$SYS/monitor/+", "$SYS/monitor/Clients", true)]
    [InlineData("+/tennis/#", "sport/tennis", true)]
    [InlineData("ACCOUNTS", "Accounts", false)]
    public void Filter_ExamplesOfTheSpecification_MatchAsItSays(string filter, string topic, bool expected)
    {
        Assert.Equal(expected, TopicFilter.IsMatch(Utf8(filter), Utf8(topic)));
        var trie = new SubscriptionTrie<string>();
        trie.Add(Utf8(filter), "x");
        var matches = new List<string>();
        trie.Match(Utf8(topic), matches);

        Assert.Equal(expected ? 1 : 0, matches.Count);
    }

    [Theory]
    [InlineData("#", true)]
    [InlineData("a/#", true)]
    [InlineData("+", true)]
    [InlineData("+/a/+/#", true)]
    [InlineData("/", true)]
    [InlineData("", false)]
    [InlineData("a#", false)]
    [InlineData("a/#/b", false)]
    [InlineData("a+", false)]
    [InlineData("+a", false)]
    [InlineData("a/b+/c", false)]
    [InlineData("a\0", false)]
    public void Filter_Validity_FollowsSection47(string filter, bool expected) => Assert.Equal(expected, TopicFilter.IsValid(Utf8(filter)));

    [Fact]
    public void Match_RandomFiltersAndChanges_AgreesWithTheNaiveMatcher()
    {
        var random = new Random(7);
        var trie = new SubscriptionTrie<Entry>();
        var entries = new List<Entry>();
        for (var step = 0; step < 4000; step++)
        {
            if (entries.Count > 0 && random.Next(3) == 0)
            {
                var index = random.Next(entries.Count);
                var old = entries[index];
                if (random.Next(2) == 0)
                {
                    trie.Remove(Utf8(old.Filter), old);
                    entries.RemoveAt(index);
                }
                else
                {
                    entries[index] = new Entry(old.Filter);
                    trie.Replace(Utf8(old.Filter), old, entries[index]);
                }
            }
            else
            {
                var entry = new Entry(RandomFilter(random));
                entries.Add(entry);
                trie.Add(Utf8(entry.Filter), entry);
            }

            var topic = RandomTopic(random);
            var found = new List<Entry>();
            trie.Match(Utf8(topic), found);
            var expected = entries.Where(e => TopicFilter.IsMatch(Utf8(e.Filter), Utf8(topic))).ToHashSet();
            Assert.Equal(expected.Count, found.Count);
            Assert.True(expected.SetEquals(found), topic);
            Assert.Equal(entries.Count, trie.Count);
        }

        entries.ForEach(e => trie.Remove(Utf8(e.Filter), e));
        Assert.Equal(0, trie.Count);
    }

    [Fact]
    public void Match_AtSteadyState_AllocatesNothing()
    {
        var trie = new SubscriptionTrie<string>();
        trie.Add("traffic/v1/+/board/+/status"u8, "a");
        trie.Add("traffic/v1/i-1/#"u8, "b");
        var matches = new List<string>(4);
        var cache = new TopicCache<int>(8);
        cache.Set("traffic/v1/i-1/detector/d-1"u8, 1);
        cache.Set("traffic/v1/i-1/detector/d-2"u8, 2);
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (var i = 0; i < 1000; i++)
            {
                matches.Clear();
                trie.Match("traffic/v1/i-1/board/b-1/status"u8, matches);
                cache.TryGet("traffic/v1/i-1/detector/d-1"u8, out _);
                cache.TryGet("traffic/v1/i-1/detector/d-2"u8, out _);
            }
        }));
        Assert.Equal(2, matches.Count);
    }

    [Fact]
    public void Match_TopicOfManyLevels_DoesNotDescendFurtherThanFilters()
    {
        var trie = new SubscriptionTrie<string>();
        trie.Add("a/#"u8, "x");
        var matches = new List<string>();
        trie.Match(Utf8("a" + new string('/', 65_000)), matches);

        Assert.Single(matches);
    }

    [Fact]
    public void TopicCache_Full_ForgetsAndGoesOn()
    {
        var cache = new TopicCache<int>(4);
        for (var i = 0; i < 100; i++)
        {
            cache.Set(Utf8("t/" + i), i);
            Assert.True(cache.TryGet(Utf8("t/" + i), out var value));
            Assert.Equal(i, value);
        }

        Assert.False(cache.TryGet("t/0"u8, out _));
        cache.Set(Utf8(new string('x', 1000)), 1);
        Assert.False(cache.TryGet(Utf8(new string('x', 1000)), out _));
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string RandomTopic(Random random) =>
        string.Join('/', Enumerable.Range(0, random.Next(1, 5)).Select(i => i == 0 && random.Next(6) == 0 ? "$s" : random.Next(4) == 0 ? "" : "abc"[random.Next(3)].ToString()))
            is { Length: > 0 } topic ? topic : "a";

    private static string RandomFilter(Random random)
    {
        var levels = Enumerable.Range(0, random.Next(1, 5)).Select(i => random.Next(7) switch
        {
            0 => "+",
            1 => "",
            2 when i == 0 => "$s",
            _ => "abc"[random.Next(3)].ToString(),
        }).ToList();
        if (random.Next(4) == 0)
        {
            levels.Add("#");
        }

        return string.Join('/', levels) is { Length: > 0 } filter ? filter : "+";
    }

    private sealed class Entry(string filter)
    {
        public string Filter { get; } = filter;
    }
}
