using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>A window that is not published yet, as it is at one input position. Immutable.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Start">Window start, Unix milliseconds UTC.</param>
/// <param name="Length">Window length in milliseconds.</param>
/// <param name="Rows">Rows of approaches, then of the intersection; revision 0.</param>
public sealed record OpenWindow(string Intersection, long Start, long Length, IReadOnlyList<FlowRow> Rows);

/// <summary>Looks at windows that are not published yet. It makes rows as publishing does and changes nothing, so who looks, and when, leaves no trace in the output.</summary>
/// <remarks>Ownership: the shard loop.</remarks>
internal sealed class OpenWindowReader(ShardContext context, DeviceDirectory devices)
{
    private readonly WindowRows _rows = new(context.Options.Service, context.Pool);

    /// <summary>Adds the newest open window of each length of those intersections that are this shard's.</summary>
    public void Read(IReadOnlyList<string> intersections, List<OpenWindow> found)
    {
        foreach (string id in intersections)
        {
            if (devices.FindOwn(id) is { } state)
            {
                Read(state, found);
            }
        }
    }

    private void Read(IntersectionState state, List<OpenWindow> found)
    {
        for (int index = 0; index < state.Lengths.Length; index++)
        {
            LengthState length = state.Lengths[index];
            if (length.Open.Count == 0)
            {
                continue;
            }

            // A window with work keeps its page in memory.
            long start = length.Open[length.Open.Count - 1];
            PageState page = state.Pages.Get(PageMath.FloorDivide(start, context.Lengths.SpanMs))!;
            IReadOnlyList<FlowRow> rows = _rows.Preview(state, page, index, (int)((start - page.Start) / length.Length));
            if (rows.Count > 0)
            {
                found.Add(new OpenWindow(state.Id, start, length.Length, [.. rows]));
            }
        }
    }
}
