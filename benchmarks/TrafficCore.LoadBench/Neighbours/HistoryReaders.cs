using System.Diagnostics;
using System.Globalization;
using TrafficCore.LoadBench.Fleet;

namespace TrafficCore.LoadBench.Neighbours;

/// <summary>Who asks for history while devices send. Each reads until it is told to stop and says what it got.</summary>
/// <param name="service">Service that is asked.</param>
/// <param name="past">The city of one intersection whose past is stored.</param>
internal sealed class HistoryReaders(ServiceUnderTest service, FleetPlan past)
{
    /// <summary>A page that a person has open asks about so often.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    private const string LastHour = "from=-1h&window=60s";

    /// <summary>An hour of an intersection, ten times a second.</summary>
    public async Task<string> AtAPaceAsync(CancellationToken over)
    {
        using var timer = new PeriodicTimer(Pace);
        return await AskAsync(LastHour, async () => await timer.WaitForNextTickAsync(CancellationToken.None), over);
    }

    /// <summary>An hour of an intersection, the next question with each answer.</summary>
    public Task<string> WithoutPauseAsync(CancellationToken over) => AskAsync(LastHour, static () => Task.CompletedTask, over);

    /// <summary>All that is stored of an intersection, three minutes to a row, which keeps the answer within the rows that the service gives; the next question with each answer.</summary>
    public Task<string> LongAsync(CancellationToken over) => AskAsync($"from={Uri.EscapeDataString(past.Start.ToString("O"))}&window=180s", static () => Task.CompletedTask, over);

    private async Task<string> AskAsync(string range, Func<Task> pause, CancellationToken over)
    {
        var (questions, bytes, longest) = (0, 0L, TimeSpan.Zero);
        while (!over.IsCancellationRequested)
        {
            var began = Stopwatch.GetTimestamp();
            bytes += await service.AskAsync($"api/v1/intersections/{past.NameOf(0)}/flow?{range}");
            var took = Stopwatch.GetElapsedTime(began);
            longest = took > longest ? took : longest;
            questions++;
            await pause();
        }

        return string.Create(CultureInfo.InvariantCulture, $"{questions} questions were answered beside it with {bytes / 1e6:0.0} MB, the longest in {longest.TotalSeconds:0.00} s");
    }
}
