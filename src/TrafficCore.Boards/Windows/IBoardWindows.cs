using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Boards.Windows;

/// <summary>The durable output of the pipeline as boards read it: every publication, in order, none lost. Implemented where the log is known.</summary>
public interface IBoardWindows
{
    /// <summary>Everything below this position is durable and may be read.</summary>
    long DurableEnd { get; }

    /// <summary>Opens a reader at a position that was a publication's, or <see cref="DurableEnd"/>.</summary>
    /// <param name="position">Where to begin. Below what is kept it begins behind a gap.</param>
    /// <param name="receivedFrom">What came of input received before this time (Unix ms UTC) is passed over unread.</param>
    /// <param name="isWatched">Whether publications of an intersection and window length (ms) are wanted; the others are passed over unread. Asked by the reader's owner.</param>
    IBoardWindowReader OpenReader(long position, long receivedFrom, Func<string, long, bool> isWatched);
}

/// <summary>Reads publications in order. Owned by the boards' loop.</summary>
public interface IBoardWindowReader : IDisposable
{
    /// <summary>Where the next read begins.</summary>
    long Position { get; }

    /// <summary>The next publication that is wanted; false when nothing more is durable now.</summary>
    bool TryRead([NotNullWhen(true)] out BoardWindow? window);
}
