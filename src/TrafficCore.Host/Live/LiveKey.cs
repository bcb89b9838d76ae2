using TrafficCore.Pipeline.Output;

namespace TrafficCore.Host.Live;

/// <summary>What a client of the feed may be told of.</summary>
internal enum LiveTopic
{
    /// <summary>That the stream lives: a comment.</summary>
    KeepAlive,

    /// <summary>Whether the service is ready.</summary>
    Health,

    /// <summary>A board.</summary>
    Board,

    /// <summary>An intersection: its name, place and approaches.</summary>
    Intersection,

    /// <summary>Its latest published window of one length.</summary>
    Window,

    /// <summary>Its newest open window of one length.</summary>
    Open,

    /// <summary>Rows of an earlier window that were corrected, or came late.</summary>
    Correction,
}

/// <summary>Names something that has changed. What it is now is looked up when a client takes it, so a client that is slow finds the latest.</summary>
/// <param name="Topic">What it is.</param>
/// <param name="Intersection">Intersection id; empty for what belongs to none.</param>
/// <param name="Board">Board id.</param>
/// <param name="Length">Window length, ms.</param>
/// <param name="Position">Of a correction where it stands in the output log.</param>
/// <param name="Rows">Of a correction its rows, which are nowhere to be looked up; null otherwise.</param>
internal readonly record struct LiveKey(
    LiveTopic Topic, string Intersection = "", string Board = "", long Length = 0, long Position = 0, WindowRecord? Rows = null);
