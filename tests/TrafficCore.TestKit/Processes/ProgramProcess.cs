using System.Collections.Concurrent;
using System.Diagnostics;

namespace TrafficCore.TestKit.Processes;

/// <summary>One of the commands of <c>trafficcore</c> or <c>trafficcore-sim</c> as a child process that a test can end with a signal in the middle of its work.</summary>
/// <remarks>Ownership: one test.</remarks>
public sealed class ProgramProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();

    private ProgramProcess(Process process)
    {
        this.process = process;

        // A shell without job control starts what it puts into the background with SIGINT ignored, and so does whatever that starts: here it is as at a terminal.
        var start = process.StartInfo;
        start.ArgumentList.Insert(0, start.FileName);
        start.ArgumentList.Insert(0, "--default-signal=INT");
        start.FileName = "env";
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data ?? "");
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Everything written to standard output and error so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => process.HasExited;

    /// <summary>Starts a command.</summary>
    /// <param name="arguments">The command and its options.</param>
    public static ProgramProcess Start(params string[] arguments) => new(ServiceProcess.Create("trafficcore.dll", arguments));

    /// <summary>Starts a command of the simulator program.</summary>
    /// <param name="arguments">The command and its options.</param>
    public static ProgramProcess StartSimulator(params string[] arguments) => new(ServiceProcess.Create("trafficcore-sim.dll", arguments));

    /// <summary>Sends a signal, e.g. <c>INT</c>.</summary>
    public Task SignalAsync(string signal) => process.SignalAsync(signal);

    /// <summary>Waits until it has ended by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> WaitAsync(TimeSpan limit)
    {
        await process.WaitForExitAsync().WaitAsync(limit).ConfigureAwait(false);
        return process.ExitCode;
    }

    /// <summary>SIGKILL in the moment in which something is so.</summary>
    /// <exception cref="InvalidOperationException">It ended before, or it never was so.</exception>
    public async Task KillWhenAsync(Func<bool> isSo)
    {
        await WhenAsync(isSo).ConfigureAwait(false);
        await KillAsync().ConfigureAwait(false);
    }

    /// <summary>A signal in the moment in which something is so.</summary>
    /// <exception cref="InvalidOperationException">It ended before, or it never was so.</exception>
    public async Task SignalWhenAsync(string signal, Func<bool> isSo)
    {
        await WhenAsync(isSo).ConfigureAwait(false);
        await SignalAsync(signal).ConfigureAwait(false);
    }

    private async Task WhenAsync(Func<bool> isSo)
    {
        ArgumentNullException.ThrowIfNull(isSo);
        var end = TimeProvider.System.GetTimestamp() + (60 * TimeProvider.System.TimestampFrequency);
        while (!isSo())
        {
            if (process.HasExited || TimeProvider.System.GetTimestamp() > end)
            {
                throw new InvalidOperationException("The moment to stop it never came.\n" + Output);
            }

            await Task.Yield();
        }
    }

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            await KillAsync().ConfigureAwait(false);
        }

        process.Dispose();
    }
}
