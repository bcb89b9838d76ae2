using System.Globalization;
using System.Text.Json;
using TrafficCore.Simulators.City.Scoring;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Simulators;

/// <summary>What the README's first command shows is what happens on its streets.</summary>
public sealed class DemoTruthTests
{
    /// <summary>A little more than a cycle of the demonstration's signals, as windows of its truth: two.</summary>
    private const int CycleWindows = 2;

    private const long Window = 10_000;

    [Fact]
    public async Task Demo_RushHour_ABoardWarnsInTheQueueAndClearsBehindIt()
    {
        using var directory = new TemporaryDirectory();

        // Twice the time of a rush hour: a board that warned has cleared by then.
        var (exit, output) = await ServiceProcess.RunAsync(
            "trafficcore-sim.dll", "demo", "--duration", "125s", "--mqtt-port", "0", "--http-port", "0", "--data", directory["data"], "--truth", directory["truth"], "--json");

        Assert.True(exit == 0, output);
        using var report = JsonDocument.Parse(output.Split('\n').Last(static line => line.StartsWith('{')));
        Assert.True(report.RootElement.GetProperty("balanced").GetBoolean(), output);
        Assert.InRange(report.RootElement.GetProperty("cleared").GetInt32(), 1, report.RootElement.GetProperty("warnings").GetInt32());

        var boards = WatchingBoard.Read(File.ReadLines(Path.Combine(directory["truth"], "boards.csv")));
        var queues = Queues(File.ReadLines(Path.Combine(directory["truth"], "approaches.csv")));
        var warnings = boards.SelectMany(b => b.Warnings(long.MaxValue).Where(static w => w.Until < long.MaxValue).Select(w => (Board: b, Warning: w))).ToList();
        Assert.Contains(warnings, w => Congestions(w.Board.Watches.Select(a => queues[a])).Exists(c => c.From <= w.Warning.From && w.Warning.From < c.Until && c.Until <= w.Warning.Until));
    }

    [Fact]
    public async Task Demo_HalfAMinute_IntersectionsBoardsAndLedgerMove()
    {
        using var directory = new TemporaryDirectory();

        var (exit, output) = await ServiceProcess.RunAsync("trafficcore-sim.dll", "demo", "--duration", "31s", "--mqtt-port", "0", "--http-port", "0", "--data", directory["data"], "--json");

        Assert.True(exit == 0, output);
        using var report = JsonDocument.Parse(output.Split('\n').Last(static line => line.StartsWith('{')));
        Assert.Equal(6, report.RootElement.GetProperty("intersectionsWithWindows").GetInt32());
        Assert.True(report.RootElement.GetProperty("ledger").GetProperty("stored").GetInt64() > 500, output);
        Assert.True(report.RootElement.GetProperty("warnings").GetInt32() >= 1, output);
    }

    /// <summary>
    /// When more vehicles waited than one cycle can let out, the least that makes a driver stop twice. The truth's <c>state</c> would come too late here: it is about vehicles
    /// that have left, and in two minutes most of a queue has not.
    /// </summary>
    private static List<Episode> Congestions(IEnumerable<List<Queue>> approaches) => Episode.Join(
        approaches.SelectMany(static windows =>
        {
            var most = Enumerable.Range(0, windows.Count - CycleWindows + 1).Max(i => windows.Skip(i).Take(CycleWindows).Sum(static w => w.Left));
            return windows.Where(w => w.Longest > most).Select(static w => new Episode(w.Start, w.Start + Window));
        }).OrderBy(static e => e.From),
        CycleWindows * Window);

    private static Dictionary<string, List<Queue>> Queues(IEnumerable<string> approaches) => TruthTable.Read(approaches, "approaches.csv", "intersection", "approach", "start", "left", "queue_max")
        .GroupBy(static r => $"{r[0]}/{r[1]}")
        .ToDictionary(static a => a.Key, static a => a.Select(static r => new Queue(TruthTable.Instant(r[2], ""), Number(r[3]), Number(r[4]))).ToList());

    private static int Number(string cell) => int.Parse(cell, CultureInfo.InvariantCulture);

    private sealed record Queue(long Start, int Left, int Longest);
}
