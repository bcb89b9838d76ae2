using Spectre.Console;
using TrafficCore.Simulators.Cli;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Simulators;

public sealed class ConsoleProgressTests
{
    [Fact]
    public void Report_NoTerminal_PrintsALineNowAndThen()
    {
        var (time, lines) = (new ManualTime(), new StringWriter());
        using var progress = new ConsoleProgress(time, lines: lines);

        for (var second = 0; second < 12; second++)
        {
            progress.Report(second / 12.0, $"second {second}");
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal([" 42 % second 5", " 83 % second 10"], lines.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void Report_Terminal_ShowsABarAndWipesIt()
    {
        var (time, screen, lines) = (new ManualTime(), new StringWriter(), new StringWriter());
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.Yes, Interactive = InteractionSupport.Yes, Out = new AnsiConsoleOutput(screen) });
        using (var progress = new ConsoleProgress(time, terminal, lines))
        {
            time.Advance(TimeSpan.FromSeconds(1));
            progress.Report(0.4, 7, static n => $"[{n}] done");
        }

        Assert.Contains("40%", screen.ToString(), StringComparison.Ordinal);
        Assert.Contains("[7] done", screen.ToString(), StringComparison.Ordinal);
        Assert.Empty(lines.ToString());
    }
}
