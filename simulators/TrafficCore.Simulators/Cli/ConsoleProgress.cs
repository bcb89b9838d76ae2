using System.Globalization;
using Spectre.Console;

namespace TrafficCore.Simulators.Cli;

/// <summary>
/// Shows on standard error how far a command has come: a bar on a terminal, else a plain line every few seconds. Standard output is left to results.
/// </summary>
/// <remarks>Ownership: one caller at a time.</remarks>
internal sealed class ConsoleProgress : IDisposable
{
    /// <summary>Ten updates a second look alive and cost nothing.</summary>
    private static readonly TimeSpan TerminalStep = TimeSpan.FromMilliseconds(100);

    /// <summary>Often enough for a log that somebody watches; a run of a few seconds prints none.</summary>
    private static readonly TimeSpan LineStep = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly TextWriter _lines;
    private readonly TimeSpan _step;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _display = Task.CompletedTask;
    private ProgressTask? _bar;
    private long _last;

    /// <param name="time">Clock.</param>
    /// <param name="terminal">The terminal; null: standard error, when that is one.</param>
    /// <param name="lines">Where plain lines go when there is no terminal; null: standard error.</param>
    public ConsoleProgress(TimeProvider time, IAnsiConsole? terminal = null, TextWriter? lines = null)
    {
        _time = time;
        _lines = lines ?? Console.Error;
        _last = time.GetTimestamp();
        if (terminal is null && lines is null && !Console.IsErrorRedirected)
        {
            terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        }

        var isLive = terminal?.Profile.Capabilities is { Interactive: true, Ansi: true };
        _step = isLive ? TerminalStep : LineStep;
        if (isLive)
        {
            _display = ShowAsync(terminal!);
        }
    }

    /// <summary>Shows a share of 0..1 and a few words, as often as is useful.</summary>
    public void Report(double share, string words) => Report(share, words, static w => w);

    /// <summary>The same; the words are made only when they are shown.</summary>
    public void Report<T>(double share, T state, Func<T, string> words)
    {
        if (_time.GetElapsedTime(_last) < _step)
        {
            return;
        }

        _last = _time.GetTimestamp();
        if (_bar is { } bar)
        {
            bar.Value = Math.Clamp(share, 0, 1);
            bar.Description = Markup.Escape(words(state));
        }
        else if (_step == LineStep)
        {
            _lines.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{share * 100,3:0} % {words(state)}"));
        }
    }

    /// <summary>Wipes the bar, so that the result begins on a clean line.</summary>
    public void Dispose()
    {
        _ended.TrySetResult();
        _display.Wait();
    }

    private Task ShowAsync(IAnsiConsole terminal) => terminal.Progress()
        .AutoClear(true)
        .Columns(new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(async display =>
        {
            _bar = display.AddTask("starting", maxValue: 1);
            await _ended.Task;
        });
}
