using System.Buffers;

namespace TrafficCore.Traffic.Readings;

/// <summary>Names of vehicle classes: <c>[A-Za-z0-9_-]{1,32}</c>, so that they can be field names everywhere.</summary>
internal static class ClassName
{
    private static readonly SearchValues<byte> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"u8);

    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= ReadingLimits.MaxClassName && !name.ContainsAnyExcept(Allowed);
}
