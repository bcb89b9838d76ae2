using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace TrafficCore.Simulators.Demo;

/// <summary>The demonstration as a live table on a terminal.</summary>
internal sealed class DemoTable : IDemoScreen
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(500);

    /// <summary>Columns of a terminal on which everything stands on one line; on fewer, what can be missed is left out.</summary>
    private const int WholeWidth = 80;

    private readonly IAnsiConsole _console;
    private readonly string _footer;

    public DemoTable(IAnsiConsole console, string footer)
    {
        _console = console;
        _footer = footer;
    }

    public Task RunAsync(Func<CancellationToken, Task<DemoFrame>> next, CancellationToken cancellation) =>
        _console.Live(new Markup("starting ...")).AutoClear(false).StartAsync(async live =>
        {
            using var timer = new PeriodicTimer(Step);
            try
            {
                do
                {
                    live.UpdateTarget(Render(await next(cancellation)));
                }
                while (await timer.WaitForNextTickAsync(cancellation));
            }
            catch (OperationCanceledException)
            {
                // The last frame stays on the terminal.
            }
        });

    internal IRenderable Render(DemoFrame frame) => new Rows(
        Intersections(frame.Service.Intersections, _console.Profile.Width < WholeWidth),
        Boards(frame.Service.Boards),
        new Markup(Numbers(frame)),
        new Markup($"[grey]{Markup.Escape(_footer)}[/]"));

    private static Table Intersections(IReadOnlyList<DemoIntersection> intersections, bool isNarrow)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        (string Title, Justify Alignment, bool IsExtra, Func<DemoIntersection, string> Cell)[] columns =
        [
            (isNarrow ? "id" : "intersection", Justify.Left, false, static i => Markup.Escape(i.Id)),
            ("name", Justify.Left, true, static i => Markup.Escape(i.Name ?? "")),
            ("window", Justify.Left, true, static i => Markup.Escape(i.Start is { } start ? $"{start.LocalDateTime:HH:mm:ss} {i.Window}" : "")),
            ("vehicles", Justify.Right, false, static i => Value(i.Volume, "0")),
            ("occupancy", Justify.Right, true, static i => Value(i.Occupancy, "0.0 '%'")),
            ("speed", Justify.Right, false, static i => Value(i.Speed, "0.0")),
            ("coverage", Justify.Right, true, static i => Value(i.Coverage * 100, "0 '%'")),
            ("level", Justify.Center, false, static i => Level(i.Level)),
        ];
        var shown = columns.Where(c => !isNarrow || !c.IsExtra).ToArray();
        foreach (var column in shown)
        {
            table.AddColumn(new TableColumn(column.Title) { Alignment = column.Alignment });
        }

        foreach (var i in intersections)
        {
            table.AddRow([.. shown.Select(c => c.Cell(i))]);
        }

        return table;
    }

    private static Table Boards(IReadOnlyList<DemoBoard> boards)
    {
        var table = new Table().Border(TableBorder.Rounded).Expand();
        table.AddColumns("board", "shows", "why", "device");
        foreach (var b in boards)
        {
            var text = b.IsLit ? $"[black on orange1] {Markup.Escape(b.Text)} [/]" : "[grey](blank)[/]";
            table.AddRow(
                new Markup(Markup.Escape($"{b.Intersection}/{b.Board}")), new Markup(text), new Markup(Markup.Escape(b.Why ?? "")), new Markup(Markup.Escape($"{b.DeviceState} {b.Delivery}".Trim())));
        }

        return table;
    }

    private static string Numbers(DemoFrame frame)
    {
        var rush = frame.IsRush ? "[black on red] RUSH HOUR [/]" : "[green]calm[/]";
        var sent = string.Create(
            CultureInfo.InvariantCulture, $"{frame.Elapsed:mm\\:ss}  {rush}  sent {frame.Sent}, acknowledged {frame.Acknowledged}, {frame.Service.ReadingsPerSecond:0}/s");
        var ledger = frame.Service.Ledger is { } l
            ? $"ledger: received {l.Received} = stored {l.Stored} + duplicate {l.Duplicate} + late {l.Late} + rejected {l.Rejected} + corrupt {l.Corrupt} + in flight {l.InFlight}; unexplained {(l.Unexplained == 0 ? "[green]0[/]" : $"[red]{l.Unexplained}[/]")}"
            : "ledger: -";
        return string.Join(Environment.NewLine, sent, ledger, Markup.Escape(DemoLines.Lag(frame.Service)));
    }

    private static string Value(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "[grey]-[/]";

    private static string Level(string? level) => level switch
    {
        null => "[grey]-[/]",
        "A" or "B" => $"[green]{level}[/]",
        "C" or "D" => $"[yellow]{level}[/]",
        _ => $"[red]{Markup.Escape(level)}[/]",
    };
}
