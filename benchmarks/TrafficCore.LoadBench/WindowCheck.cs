using System.Diagnostics;

namespace TrafficCore.LoadBench;

/// <summary>What a run of the generator sent.</summary>
/// <param name="Prefix">First part of its intersections' names.</param>
/// <param name="Profile">Its shape.</param>
internal sealed record SentLoad(string Prefix, LoadProfile Profile);

/// <summary>Every message carries a known volume: the windows of all intersections must add up to it.</summary>
internal static class WindowCheck
{
    /// <summary>The last windows close when the clock has passed their end (60 s, plus what the timestamps run ahead) and the
    /// intersections have been silent for 10 s.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <summary>Waits until all windows are published and compares.</summary>
    /// <exception cref="BenchException">They do not add up in time.</exception>
    public static async Task RunAsync(ServiceUnderTest service, IReadOnlyCollection<SentLoad> sent, TextWriter output)
    {
        await output.WriteLineAsync("waiting for the last windows to close ...");
        var open = sent.SelectMany(static s => Enumerable.Range(0, s.Profile.Intersections).Select(i => (Id: $"{s.Prefix}-{i:0000}", Volume: s.Profile.VolumeOf(i)))).ToList();
        var (intersections, volume, clock) = (open.Count, open.Sum(static o => o.Volume), Stopwatch.StartNew());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (true)
        {
            // Open ones are asked until the first that is not complete yet: a question a second costs the service nothing.
            while (open.Count > 0 && await FindAsync(service, open[^1].Id) is var found && found == open[^1].Volume)
            {
                open.RemoveAt(open.Count - 1);
            }

            if (open.Count == 0)
            {
                await output.WriteLineAsync($"windows of {intersections} intersections add up to the {volume} vehicles that were sent");
                return;
            }

            if (clock.Elapsed > Limit)
            {
                throw new BenchException(
                    $"windows of {open[^1].Id} have {await FindAsync(service, open[^1].Id)} vehicles instead of {open[^1].Volume}; {open.Count} of {intersections} intersections are not complete");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    // The service began with an empty directory, so everything of it is of this bench.
    private static Task<long> FindAsync(ServiceUnderTest service, string intersection) =>
        service.ReadVolumeAsync(intersection, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddMinutes(5));
}
