using System.Globalization;

namespace TrafficCore.Simulators.Cli;

/// <summary>
/// One line on standard error that is rewritten in place while a command runs. Silent when standard error is not a
/// terminal, so that logs and scripts see results only.
/// </summary>
/// <remarks>Ownership: one caller at a time.</remarks>
internal sealed class ConsoleProgress : IDisposable
{
    /// <summary>Ten updates a second look alive and cost nothing.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter? _terminal;
    private readonly TimeProvider _time;
    private long _last;
    private int _width;

    public ConsoleProgress(TimeProvider time, TextWriter? terminal = null)
    {
        _time = time;
        _terminal = terminal ?? (Console.IsErrorRedirected ? null : Console.Error);
    }

    /// <summary>Shows a share of 0..1 and a few words, at most ten times a second.</summary>
    public void Report(double share, string words)
    {
        if (_terminal is null || (_last != 0 && _time.GetElapsedTime(_last) < Step))
        {
            return;
        }

        _last = _time.GetTimestamp();
        const int Cells = 30;
        var full = (int)(Math.Clamp(share, 0, 1) * Cells);
        var percent = (share * 100).ToString("0", CultureInfo.InvariantCulture);
        var line = $"[{new string('#', full)}{new string('.', Cells - full)}] {percent,3} %  {words}";
        _terminal.Write('\r' + line.PadRight(_width));
        _width = line.Length;
    }

    /// <summary>Wipes the line, so that the result begins on a clean one.</summary>
    public void Dispose()
    {
        if (_width > 0)
        {
            _terminal!.Write('\r' + new string(' ', _width) + '\r');
        }
    }
}
