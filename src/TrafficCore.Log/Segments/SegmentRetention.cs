namespace TrafficCore.Log;

/// <summary>Deletes segments from the oldest on.</summary>
/// <remarks>Ownership: any thread, one at a time under its lock; the writer's adding goes on meanwhile.</remarks>
internal sealed class SegmentRetention(string directory, ILogFileSystem files, SegmentCatalog catalog)
{
    private readonly Lock _gate = new();
    private readonly Queue<Segment> _doomed = new();

    /// <summary>Deletes each segment that ends at or below a position; the last one always stays.</summary>
    /// <exception cref="IOException">A file stays behind; it is tried again at the next call.</exception>
    public void RetainFrom(long position)
    {
        lock (_gate)
        {
            while (catalog.Segments is { Count: > 1 } segments && segments[1].Base <= Math.Min(position, catalog.DurableEnd))
            {
                // Out of the list first: readers then take it for gone and never wait for a file that is not there.
                catalog.Remove(segments[0]);
                _doomed.Enqueue(segments[0]);
            }

            while (_doomed.TryPeek(out var segment))
            {
                // Each deletion is made durable before the next, so that a crash leaves no hole in the middle.
                files.Delete(segment.Path);
                files.SyncDirectory(directory);
                _doomed.Dequeue();
            }
        }
    }
}
