using System.Globalization;
using TrafficCore.Simulators.City.Sending;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Run;

/// <summary>Says how a run goes: a bar on a terminal, a line every ten seconds elsewhere.</summary>
internal sealed class CityProgress : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    /// <summary>Steps from one plain line to the next.</summary>
    private const int LineEvery = 20;

    private readonly TextWriter _output;
    private readonly TimeProvider _time;
    private readonly ConsoleProgress? _bar;

    public CityProgress(TextWriter output, TimeProvider time, bool isTerminal)
    {
        (_output, _time) = (output, time);
        _bar = isTerminal ? new ConsoleProgress(time) : null;
    }

    /// <summary>Shows until cancelled.</summary>
    /// <param name="state">Share of the run that is done, and a few words.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(Func<(double? Share, string Words)> state, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Step, _time);
        try
        {
            for (var step = 1; await timer.WaitForNextTickAsync(cancellation); step++)
            {
                var (share, words) = state();
                _bar?.Report(share ?? 0, words);
                if (_bar is null && step % LineEvery == 0)
                {
                    await _output.WriteLineAsync(words);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The caller says how it ended.
        }
    }

    /// <summary>How it goes, in words.</summary>
    public static string Words(long nowUnix, CityConnections connections) => string.Create(
        CultureInfo.InvariantCulture,
        $"city {DateTimeOffset.FromUnixTimeMilliseconds(nowUnix):HH:mm:ss}Z: sent {connections.Sent}, acknowledged {connections.Acknowledged}, late {connections.Late}, dropped {connections.Dropped}");

    public void Dispose() => _bar?.Dispose();
}
