using System.Text;
using TrafficCore.Host.Ingress;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Host.Security.Access;

/// <summary>Which topics a device speaks on and which are spoken to it, by what an account owns: an intersection, one of its devices, or <c>*</c>.</summary>
internal sealed class DeviceTopics(string topicRoot)
{
    private readonly byte[] root = Encoding.UTF8.GetBytes(topicRoot + "/");

    /// <summary>The topic lies under the root.</summary>
    public bool IsInside(ReadOnlySpan<byte> topic) => topic.StartsWith(root) || topic.SequenceEqual(root.AsSpan(0, root.Length - 1));

    /// <summary>The topic carries what an owned device says.</summary>
    public bool MaySpeak(ReadOnlySpan<byte> topic, byte[][] owns)
    {
        // The table of the contract decides what is a device's topic at all; the service's own were refused before.
        var parsed = Topic.Parse(topic, root);
        return parsed.Meaning is not (TopicMeaning.Outside or TopicMeaning.Unknown) && Owns(topic[root.Length..], owns);
    }

    /// <summary>Everything that the filter matches is said to an owned device.</summary>
    public bool MayHear(ReadOnlySpan<byte> filter, byte[][] owns)
    {
        if (!filter.StartsWith(root) || !Owns(filter[root.Length..], owns))
        {
            return false;
        }

        var rest = filter[root.Length..];
        TopicFilter.NextLevel(ref rest, out _);
        var kind = TopicFilter.NextLevel(ref rest, out _);
        TopicFilter.NextLevel(ref rest, out _);
        return rest.SequenceEqual("errors"u8)
            || (rest.SequenceEqual("message"u8) && kind.SequenceEqual("board"u8))
            || (rest.SequenceEqual("plan"u8) && kind.SequenceEqual("controller"u8));
    }

    /// <summary>Some account owns the device that speaks here; of a topic for many devices: one of them.</summary>
    public bool IsSpokenFor(ReadOnlySpan<byte> topic, AccountsSnapshot accounts)
    {
        var parsed = Topic.Parse(topic, root);
        if (parsed.Meaning is TopicMeaning.Outside or TopicMeaning.Unknown)
        {
            return false;
        }

        var device = parsed.Meaning == TopicMeaning.ReadingsOfMany ? default : topic[root.Length..parsed.Device.End];
        return accounts.IsOwned(topic[parsed.Intersection], device);
    }

    // Owned names hold no wildcards, so that a filter that begins with one has none there either.
    private static bool Owns(ReadOnlySpan<byte> name, byte[][] owns)
    {
        foreach (var entry in owns)
        {
            if (entry is [(byte)'*'] || (name.StartsWith(entry) && (name.Length == entry.Length || name[entry.Length] == (byte)'/')))
            {
                return true;
            }
        }

        return false;
    }
}
