using System.Text.Json;

namespace TrafficCore.LoadBench.Publication;

/// <summary>What the bench needs of a <c>window</c> event of the live feed.</summary>
/// <param name="Intersection">Intersection.</param>
/// <param name="Start">Begin of the window.</param>
/// <param name="IsOpen">Whether it is still open.</param>
/// <param name="Revision">Revision of the intersection's row; 0 when open, null without one.</param>
/// <param name="Readings">Readings in the intersection's row; null without one.</param>
internal sealed record FeedWindow(string Intersection, DateTimeOffset Start, bool IsOpen, long? Revision, long? Readings)
{
    /// <summary>Reads the data of an event.</summary>
    public static FeedWindow Parse(string data)
    {
        using var document = JsonDocument.Parse(data);
        var root = document.RootElement;
        long? Of(string name) => root.TryGetProperty("row", out var row) && row.TryGetProperty(name, out var value) ? value.GetInt64() : null;
        return new FeedWindow(
            root.GetProperty("intersection").GetString()!, root.GetProperty("start").GetDateTimeOffset(), root.TryGetProperty("open", out var open) && open.GetBoolean(), Of("revision"), Of("readings"));
    }
}
