using TrafficCore.Traffic.Windows;

namespace TrafficCore.Boards.Windows;

/// <summary>One publication of the pipeline's output: the rows of one window of one intersection that are new or changed. Immutable.</summary>
/// <param name="Position">Where it stands in the output.</param>
/// <param name="Next">Where reading goes on behind it.</param>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Start">Window start, Unix milliseconds UTC.</param>
/// <param name="Length">Window length, ms.</param>
/// <param name="Rows">The rows.</param>
public sealed record BoardWindow(long Position, long Next, string Intersection, long Start, long Length, IReadOnlyList<FlowRow> Rows)
{
    /// <summary>Window end, Unix milliseconds UTC.</summary>
    public long End => Start + Length;
}
