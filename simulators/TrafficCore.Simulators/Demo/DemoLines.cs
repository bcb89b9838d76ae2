using System.Globalization;

namespace TrafficCore.Simulators.Demo;

/// <summary>The demonstration as plain lines: each new window and each change of a board when it happens, the ledger now and then.</summary>
internal sealed class DemoLines : IDemoScreen
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    /// <summary>The ledger is printed once in so many steps: every 5 s.</summary>
    private const int LedgerEvery = 10;

    private readonly TextWriter _output;
    private readonly Dictionary<string, DateTimeOffset> _windows = [];
    private readonly Dictionary<string, string> _boards = [];
    private int _step;

    public DemoLines(TextWriter output) => _output = output;

    public async Task RunAsync(Func<CancellationToken, Task<DemoFrame>> next, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(Step);
        try
        {
            do
            {
                foreach (var line in Lines(await next(cancellation)))
                {
                    await _output.WriteLineAsync(line);
                }
            }
            while (await timer.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // The caller says how it ended.
        }
    }

    /// <summary>What is new since the last frame.</summary>
    internal IEnumerable<string> Lines(DemoFrame frame)
    {
        var time = frame.Elapsed.ToString("mm\\:ss", CultureInfo.InvariantCulture);
        foreach (var i in frame.Service.Intersections.Where(IsNew))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{time} {i.Id} window {i.Start:HH:mm:ss}Z {i.Window}: vehicles {i.Volume?.ToString(CultureInfo.InvariantCulture) ?? "-"}, occupancy {i.Occupancy?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-"} %, speed {i.Speed?.ToString("0.0", CultureInfo.InvariantCulture) ?? "-"} km/h, level {i.Level ?? "-"}");
        }

        foreach (var b in frame.Service.Boards.Where(IsNew))
        {
            yield return $"{time} board {b.Intersection}/{b.Board} {(b.IsLit ? "shows" : "is")} {b.Text}{(b.Why is null ? "" : $" because {b.Why}")}";
        }

        if (_step++ % LedgerEvery == 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{time} {(frame.IsRush ? "rush hour" : "calm")}, sent {frame.Sent}, acknowledged {frame.Acknowledged}, {frame.Service.ReadingsPerSecond:0}/s; ledger received {frame.Service.Ledger?.Received}, stored {frame.Service.Ledger?.Stored}, unexplained {frame.Service.Ledger?.Unexplained}; {Lag(frame.Service)}");
        }
    }

    /// <summary>How far the databases are behind.</summary>
    internal static string Lag(DemoSnapshot service) => $"databases: {(service.Lags.Count == 0 ? "-" : string.Join(", ", service.Lags))}";

    private bool IsNew(DemoIntersection i)
    {
        if (i.Start is not { } start || _windows.GetValueOrDefault(i.Id) >= start)
        {
            return false;
        }

        _windows[i.Id] = start;
        return true;
    }

    private bool IsNew(DemoBoard b)
    {
        var key = $"{b.Intersection}/{b.Board}";
        if (_boards.GetValueOrDefault(key, "") == (b.Words ?? ""))
        {
            return false;
        }

        _boards[key] = b.Words ?? "";
        return true;
    }
}
