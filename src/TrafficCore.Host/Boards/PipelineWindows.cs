using System.Diagnostics.CodeAnalysis;
using TrafficCore.Boards.Windows;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Host.Boards;

/// <summary>The pipeline's output log as the boards know it.</summary>
internal sealed class PipelineWindows(OutputLog log) : IBoardWindows
{
    public long DurableEnd => log.DurableEnd;

    public IBoardWindowReader OpenReader(long position, long receivedFrom, Func<string, long, bool> isWatched)
        => new Reader(log.OpenReader(position, receivedFrom, new WindowSelection(isWatched)));

    private sealed class Reader(OutputReader reader) : IBoardWindowReader
    {
        public long Position => reader.Position;

        public bool TryRead([NotNullWhen(true)] out BoardWindow? window)
        {
            // What retention or damage took is older than boards look back.
            window = null;
            while (window is null && reader.Read(out var record) is var status && status != OutputReadStatus.End)
            {
                window = status == OutputReadStatus.Record && record.Window is { } found
                    ? new BoardWindow(record.Position, record.Next, found.Head.Intersection, found.Start, found.Length, found.Rows)
                    : null;
            }

            return window is not null;
        }

        public void Dispose() => reader.Dispose();
    }
}
