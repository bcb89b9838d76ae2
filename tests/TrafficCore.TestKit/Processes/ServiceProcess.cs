using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TrafficCore.TestKit.Processes;

/// <summary>
/// The service as a child process, on free ports unless told otherwise, so that a test can end it with SIGKILL and start it again on the same data.
/// </summary>
/// <remarks>Ownership: one test; not thread-safe, but the ports may be read from any thread.</remarks>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly TaskCompletionSource<(int Mqtt, int Http)> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(Process process) => this.process = process;

    /// <summary>Port of the MQTT listener on 127.0.0.1; 0 when it is switched off.</summary>
    public int MqttPort { get; private set; }

    /// <summary>Port of the HTTP listener on 127.0.0.1.</summary>
    public int HttpPort { get; private set; }

    /// <summary>Process id, for measurements and signals.</summary>
    public int Id => process.Id;

    /// <summary>Base address of the HTTP interface.</summary>
    public Uri Http => new($"http://127.0.0.1:{HttpPort}/");

    /// <summary>Everything written to standard output and error so far.</summary>
    public string Output => string.Join('\n', output);

    /// <summary>Starts <c>trafficcore run</c> and returns when it listens.</summary>
    /// <param name="dataDirectory">The data directory; kept by the caller.</param>
    /// <param name="arguments">More arguments, e.g. <c>--Windows:Length=60s</c>; ports default to 0.</param>
    /// <exception cref="InvalidOperationException">The process ended, or did not listen within a minute; the message carries its output.</exception>
    public static Task<ServiceProcess> StartAsync(string dataDirectory, params string[] arguments) => StartAsync(dataDirectory, static _ => { }, arguments);

    /// <summary>The same with another environment, or through another program.</summary>
    /// <param name="dataDirectory">The data directory; kept by the caller.</param>
    /// <param name="prepare">Changes how it is started.</param>
    /// <param name="arguments">More arguments.</param>
    /// <exception cref="InvalidOperationException">As above.</exception>
    public static async Task<ServiceProcess> StartAsync(string dataDirectory, Action<ProcessStartInfo> prepare, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        var service = new ServiceProcess(Create("trafficcore.dll", ["run", $"--Data:Directory={dataDirectory}", .. WithDefaultPorts(arguments)]));
        prepare(service.process.StartInfo);
        service.process.OutputDataReceived += (_, line) => service.OnLine(line.Data);
        service.process.ErrorDataReceived += (_, line) => service.OnLine(line.Data);
        service.process.Exited += (_, _) => service.listening.TrySetException(new InvalidOperationException("The service ended before it listened.\n" + service.Output));
        service.process.Start();
        service.process.BeginOutputReadLine();
        service.process.BeginErrorReadLine();
        try
        {
            (service.MqttPort, service.HttpPort) = await service.listening.Task.WaitAsync(TimeSpan.FromSeconds(60)).ConfigureAwait(false);
            return service;
        }
        catch (TimeoutException)
        {
            await service.DisposeAsync().ConfigureAwait(false);
            throw new InvalidOperationException("The service did not listen within 60 s.\n" + service.Output);
        }
    }

    /// <summary>Starts <c>trafficcore run</c> and ends it with SIGKILL after a time, wherever it is by then.</summary>
    /// <param name="dataDirectory">The data directory; kept by the caller.</param>
    /// <param name="after">The time.</param>
    /// <param name="arguments">More arguments; ports default to 0.</param>
    public static async Task StartAndKillAsync(string dataDirectory, TimeSpan after, params string[] arguments)
    {
        using var process = Create("trafficcore.dll", ["run", $"--Data:Directory={dataDirectory}", .. WithDefaultPorts(arguments)]);
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync().WaitAsync(after).ConfigureAwait(false);
            throw new InvalidOperationException("The service ended by itself.");
        }
        catch (TimeoutException)
        {
            process.Kill();
            await process.WaitForExitAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Runs one of the product's programs to its end, at most five minutes.</summary>
    /// <param name="program">File name in the test's output folder, <c>trafficcore.dll</c> or <c>trafficcore-sim.dll</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Exit code and everything it printed.</returns>
    public static Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments) => RunAsync(program, static _ => { }, arguments);

    /// <summary>The same in another working directory or environment.</summary>
    /// <param name="program">File name in the test's output folder.</param>
    /// <param name="prepare">Sets both before the start.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Exit code and everything it printed.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string program, Action<ProcessStartInfo> prepare, params string[] arguments)
    {
        ArgumentNullException.ThrowIfNull(prepare);
        using var process = Create(program, arguments);
        prepare(process.StartInfo);
        process.Start();
        var text = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(5)).ConfigureAwait(false);
        return (process.ExitCode, await text.ConfigureAwait(false) + await errors.ConfigureAwait(false));
    }

    /// <summary>SIGKILL, and waits until the process is gone.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>SIGTERM, and waits until the process has ended by itself.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync()
    {
        await process.SignalAsync("TERM").ConfigureAwait(false);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
        return process.ExitCode;
    }

    /// <summary>Sends a signal, e.g. <c>STOP</c>.</summary>
    public Task SignalAsync(string signal) => process.SignalAsync(signal);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!process.HasExited)
            {
                await KillAsync().ConfigureAwait(false);
            }
        }
        catch (InvalidOperationException)
        {
            // It was never started.
        }

        process.Dispose();
    }

    /// <summary>One of the product's programs, not started, whose outputs the caller reads.</summary>
    /// <param name="program">File name in the test's output folder.</param>
    /// <param name="arguments">Its arguments.</param>
    public static Process Create(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, program));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return new Process { StartInfo = start, EnableRaisingEvents = true };
    }

    private static IEnumerable<string> WithDefaultPorts(string[] arguments)
    {
        foreach (var key in new[] { "--Mqtt:Port=", "--Http:Port=" })
        {
            if (!arguments.Any(argument => argument.StartsWith(key, StringComparison.Ordinal)))
            {
                yield return key + "0";
            }
        }

        foreach (var argument in arguments)
        {
            yield return argument;
        }
    }

    private void OnLine(string? line)
    {
        if (line is null)
        {
            return;
        }

        output.Enqueue(line);
        var match = ListeningLine().Match(line);
        if (match.Success)
        {
            var mqtt = match.Groups[1].Success ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
            listening.TrySetResult((mqtt, int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture)));
        }
    }

    [GeneratedRegex(@"listening mqtt=(?:none|[^ ]*:(\d+)) http=[^ ]*:(\d+)")]
    private static partial Regex ListeningLine();
}
