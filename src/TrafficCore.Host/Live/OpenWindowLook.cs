using TrafficCore.Pipeline;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Host.Live;

/// <summary>What a look at open windows found.</summary>
/// <param name="Asked">Intersections that were looked at.</param>
/// <param name="Windows">What they have open.</param>
internal sealed record OpenWindowsFound(IReadOnlyList<string> Asked, IReadOnlyList<OpenWindow> Windows)
{
    public static OpenWindowsFound None { get; } = new([], []);
}

/// <summary>Looks at the open windows of the intersections that clients ask for, a bounded number at a time, in turn.</summary>
/// <remarks>Ownership: the feed's loop; one look at a time.</remarks>
internal sealed class OpenWindowLook(TrafficPipeline pipeline, int mostASecond)
{
    /// <summary>How often it looks in a second.</summary>
    public const int TimesASecond = 2;

    // A shard is held up by one question at a time: about 2 ms of rows, less than a commit waits for.
    private const int Slice = 100;

    private readonly int most = Math.Max(1, mostASecond / TimesASecond);
    private int next;

    /// <summary>Looks at those whose turn it is.</summary>
    public async Task<OpenWindowsFound> LookAsync(IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        var asked = Turn(wanted);
        List<OpenWindow> found = [];
        foreach (var slice in asked.Chunk(Slice))
        {
            if (pipeline.Health.IsFaulted)
            {
                return OpenWindowsFound.None; // health says so; what is published stays to be seen
            }

            found.AddRange(await pipeline.ReadOpenAsync(slice, cancellation));
        }

        return new OpenWindowsFound(asked, found);
    }

    private IReadOnlyList<string> Turn(IReadOnlyList<string> wanted)
    {
        if (wanted.Count <= most)
        {
            return wanted;
        }

        var from = next % wanted.Count;
        next = (from + most) % wanted.Count;
        return [.. Enumerable.Range(from, most).Select(i => wanted[i % wanted.Count])];
    }
}
