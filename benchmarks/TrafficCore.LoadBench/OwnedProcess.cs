using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TrafficCore.LoadBench;

/// <summary>A process that this bench started and, whatever happens, ends by its id.</summary>
/// <remarks>Ownership: one caller.</remarks>
internal sealed class OwnedProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();

    private OwnedProcess(Process process) => _process = process;

    /// <summary>Process id.</summary>
    public int Id => _process.Id;

    /// <summary>Lines of standard output and error so far.</summary>
    public IReadOnlyCollection<string> Output => _output;

    public static OwnedProcess Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var owned = new OwnedProcess(new Process { StartInfo = start });
        owned._process.OutputDataReceived += (_, e) => owned.Keep(e.Data);
        owned._process.ErrorDataReceived += (_, e) => owned.Keep(e.Data);
        try
        {
            owned._process.Start();
        }
        catch (Win32Exception e)
        {
            throw new BenchException($"can't start {program}: {e.Message}");
        }

        owned._process.BeginOutputReadLine();
        owned._process.BeginErrorReadLine();
        return owned;
    }

    /// <summary>Runs a program to its end and returns its lines; it must succeed within the limit.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        var (exit, lines) = await TryRunAsync(program, arguments, limit);
        return exit == 0 ? lines : throw new BenchException($"{program} failed with {exit}:\n{string.Join('\n', lines.TakeLast(20))}");
    }

    /// <summary>Runs a program to its end, within the limit, and returns its exit code and lines.</summary>
    public static async Task<(int Exit, IReadOnlyList<string> Lines)> TryRunAsync(string program, IEnumerable<string> arguments, TimeSpan limit)
    {
        await using var process = Start(program, arguments);
        await process.WaitForExitAsync(limit);
        return (process._process.ExitCode, [.. process.Output]);
    }

    /// <summary>Waits for a line that the selector recognises.</summary>
    public async Task<T> WaitForAsync<T>(Func<string, T?> select, TimeSpan limit)
        where T : class
    {
        var end = Stopwatch.GetTimestamp() + (long)(limit.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end)
        {
            if (_output.Select(select).FirstOrDefault(static found => found is not null) is { } line)
            {
                return line;
            }

            if (_process.HasExited)
            {
                break;
            }

            await Task.Delay(20);
        }

        throw new BenchException($"{_process.StartInfo.FileName} did not say what was expected within {limit.TotalSeconds} s:\n{string.Join('\n', _output.TakeLast(20))}");
    }

    /// <summary>SIGTERM, and SIGKILL when that does not end it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]))
            {
            }

            try
            {
                await WaitForExitAsync(StopLimit);
            }
            catch (BenchException)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private async Task WaitForExitAsync(TimeSpan limit)
    {
        try
        {
            using var timeout = new CancellationTokenSource(limit);
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new BenchException($"{_process.StartInfo.FileName} (process {Id}) did not end within {limit.TotalSeconds} s");
        }
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _output.Enqueue(line);
        }
    }
}
