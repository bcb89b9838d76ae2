namespace TrafficCore.LoadBench.Profile;

/// <summary>One sample: a thread that was on a processor, and where.</summary>
/// <param name="Thread">Name of the thread.</param>
/// <param name="Frames">Symbols with their libraries, innermost first.</param>
internal sealed record PerfSample(string Thread, IReadOnlyList<string> Frames);

/// <summary>Reads what <c>perf script -F comm,ip,sym,dso</c> prints: the thread's name on a line of its own, then a frame a line, then an empty line.</summary>
internal static class PerfScript
{
    public static IEnumerable<PerfSample> Parse(IEnumerable<string> lines)
    {
        string? thread = null;
        var frames = new List<string>();
        foreach (var line in lines)
        {
            if (string.IsNullOrWhiteSpace(line))
            {
                if (thread is not null)
                {
                    yield return new PerfSample(thread, [.. frames]);
                }

                (thread, frames) = (null, []);
            }
            else if (thread is null)
            {
                thread = line.Trim();
            }
            else
            {
                frames.Add(Name(line.AsSpan().TrimStart()));
            }
        }

        if (thread is not null)
        {
            yield return new PerfSample(thread, [.. frames]);
        }
    }

    /// <summary>Without the address, which says nothing by itself, and of a method without its parameters, which name classes of other parts.</summary>
    private static string Name(ReadOnlySpan<char> frame)
    {
        frame = frame[(frame.IndexOf(' ') + 1)..];
        var parameters = frame.IndexOf('(');
        return (parameters > 0 && frame.EndsWith(".map)", StringComparison.Ordinal) ? frame[..parameters] : frame).ToString();
    }
}
