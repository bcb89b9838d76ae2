using System.Diagnostics;
using System.Text;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>A foreign program, run with a deadline.</summary>
internal sealed class ToolRun : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly StringBuilder _printed = new();
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    private ToolRun(Process process)
    {
        _process = process;
        _output = ReadAsync(process.StandardOutput);
        _errors = process.StandardError.ReadToEndAsync();
    }

    /// <summary>What it has printed so far.</summary>
    private string Printed
    {
        get
        {
            lock (_printed)
            {
                return _printed.ToString();
            }
        }
    }

    public static ToolRun Start(string program, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new ToolRun(Process.Start(start)!);
    }

    public static async Task<string> RunAsync(string program, params IEnumerable<string> arguments)
    {
        using var run = Start(program, arguments);
        return await run.FinishAsync();
    }

    /// <summary>Waits for the end; fails unless the exit code is 0.</summary>
    public async Task<string> FinishAsync()
    {
        using var timeout = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"{_process.StartInfo.FileName} did not end: {await _output}{await _errors}");
        }

        Assert.True(_process.ExitCode == 0, $"{_process.StartInfo.FileName} ended with {_process.ExitCode}: {await _output}{await _errors}");
        return (await _output).ReplaceLineEndings("\n").TrimEnd();
    }

    /// <summary>Waits until it has printed a text.</summary>
    public Task PrintsAsync(string text) => Eventually.ReachesAsync(
        () => Task.FromResult(Printed is var printed && printed.Contains(text, StringComparison.Ordinal) ? null : "printed: " + printed),
        Deadline);

    /// <summary>Repeats something until the program prints a text: until it is ready, for instance.</summary>
    public async Task PrintsWhenAsync(Func<Task> act, string text)
    {
        await Eventually.ReachesAsync(
            async () =>
            {
                await act();
                return Printed is var printed && printed.Contains(text, StringComparison.Ordinal) ? null : "printed: " + printed;
            },
            Deadline);
    }

    /// <summary>Everything it printed, after its end.</summary>
    public Task<string> OutputAsync() => _output;

    /// <summary>Ends it without ceremony, as a power cut does.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private async Task<string> ReadAsync(StreamReader output)
    {
        var buffer = new char[4096];
        for (var read = await output.ReadAsync(buffer); read > 0; read = await output.ReadAsync(buffer))
        {
            lock (_printed)
            {
                _printed.Append(buffer, 0, read);
            }
        }

        return _printed.ToString();
    }
}
