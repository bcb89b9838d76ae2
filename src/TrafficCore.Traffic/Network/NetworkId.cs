using System.Buffers;

namespace TrafficCore.Traffic.Network;

/// <summary>Ids of intersections, detectors, controllers and boards: <c>[A-Za-z0-9._-]{1,64}</c>.</summary>
public static class NetworkId
{
    /// <summary>The pattern, for messages and schemas.</summary>
    public const string Pattern = "^[A-Za-z0-9._-]{1,64}$";

    /// <summary>Longest id: fits a topic level, a tag value and one byte of length.</summary>
    public const int MaxLength = 64;

    private const string Allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    private static readonly SearchValues<char> Chars = SearchValues.Create(Allowed);
    private static readonly SearchValues<byte> Bytes = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Allowed));

    /// <summary>Whether the text is an id.</summary>
    public static bool IsValid(ReadOnlySpan<char> id) => id.Length is > 0 and <= MaxLength && !id.ContainsAnyExcept(Chars);

    /// <summary>Whether the UTF-8 text is an id.</summary>
    public static bool IsValid(ReadOnlySpan<byte> id) => id.Length is > 0 and <= MaxLength && !id.ContainsAnyExcept(Bytes);
}
