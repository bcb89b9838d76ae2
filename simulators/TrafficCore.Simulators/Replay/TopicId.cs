using System.Buffers;

namespace TrafficCore.Simulators.Replay;

/// <summary>The rule for names inside topics: <c>[A-Za-z0-9._-]{1,64}</c>.</summary>
internal static class TopicId
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    /// <summary>Whether the text may stand in a topic.</summary>
    public static bool IsValid(ReadOnlySpan<char> id) => id.Length is > 0 and <= 64 && !id.ContainsAnyExcept(Allowed);
}
