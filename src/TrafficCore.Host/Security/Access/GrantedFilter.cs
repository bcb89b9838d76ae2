using System.Text;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Topics;

namespace TrafficCore.Host.Security.Access;

/// <summary>Filters that the accounts file grants; <c>%u</c> stands for the account's name and <c>%c</c> for the client's id.</summary>
internal static class GrantedFilter
{
    // As long as the longest topic whose decision is remembered, with room for an id.
    private const int Longest = 1024;

    /// <summary>One of the filters matches the topic.</summary>
    public static bool Matches(byte[][] filters, ClientIdentity client, ReadOnlySpan<byte> topic)
    {
        Span<byte> buffer = stackalloc byte[Longest];
        foreach (var filter in filters)
        {
            if (TryResolve(filter, client, buffer, out var length) && TopicFilter.IsMatch(buffer[..length], topic))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>One of the filters grants everything that the other asks for.</summary>
    public static bool Covers(byte[][] filters, ClientIdentity client, ReadOnlySpan<byte> asked)
    {
        Span<byte> buffer = stackalloc byte[Longest];
        foreach (var filter in filters)
        {
            if (TryResolve(filter, client, buffer, out var length) && FilterCoverage.Covers(buffer[..length], asked))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts the names in. False: an id with a wildcard or a slash in it would grant more than one client's topics, or it is too long.</summary>
    private static bool TryResolve(ReadOnlySpan<byte> filter, ClientIdentity client, Span<byte> target, out int length)
    {
        length = 0;
        for (var i = 0; i < filter.Length; i++)
        {
            var name = filter[i] != (byte)'%' || i + 1 == filter.Length ? null : filter[i + 1] switch
            {
                (byte)'u' => client.UserName ?? "",
                (byte)'c' => client.ClientId,
                _ => null,
            };
            if (name is null)
            {
                if (length == target.Length)
                {
                    return false;
                }

                target[length++] = filter[i];
                continue;
            }

            if (name.Length == 0 || name.AsSpan().ContainsAny('+', '#', '/') || !Encoding.UTF8.TryGetBytes(name, target[length..], out var written))
            {
                return false;
            }

            length += written;
            i++;
        }

        return length > 0;
    }
}
