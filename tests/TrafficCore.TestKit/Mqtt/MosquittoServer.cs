using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.TestKit.Mqtt;

/// <summary>A real mosquitto on a free port of this machine, ended with the test that started it.</summary>
/// <remarks>Ownership: one test.</remarks>
public sealed class MosquittoServer : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string program;
    private Process? process;

    private MosquittoServer(string program, int port)
    {
        this.program = program;
        Port = port;
    }

    /// <summary>Its port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Starts a broker that lets everybody in and forgets everything when it ends.</summary>
    /// <returns>Null when mosquitto is not installed.</returns>
    public static Task<MosquittoServer?> TryStartAsync() => TryStartAsync(_ => ["allow_anonymous true", "persistence false"]);

    /// <summary>
    /// Starts a broker that lets everybody in, keeps sessions and retained messages over a SIGTERM, and drops nothing for want of room. What it
    /// has acknowledged since its last save is lost by a SIGKILL.
    /// </summary>
    /// <param name="listener">More lines for its one listener, e.g. <c>protocol websockets</c>.</param>
    /// <returns>Null when mosquitto is not installed.</returns>
    public static Task<MosquittoServer?> TryStartPersistentAsync(params string[] listener) => TryStartAsync(directory =>
    [
        // A second listener, because mosquitto 2.0 does not start with WebSockets alone.
        .. listener, $"listener {FreePort.Find()} 127.0.0.1", "allow_anonymous true", "persistence true", $"persistence_location {directory.FullName}/", "max_queued_messages 0", "max_inflight_messages 1000",
    ]);

    /// <summary>Starts a broker with these lines of configuration behind its listener's.</summary>
    /// <param name="configuration">The lines; they may name files of the broker's directory.</param>
    /// <returns>Null when mosquitto is not installed.</returns>
    public static async Task<MosquittoServer?> TryStartAsync(Func<TemporaryDirectory, IEnumerable<string>> configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (RequiredTools.Find("mosquitto") is not { } program)
        {
            return null;
        }

        var server = new MosquittoServer(program, FreePort.Find());
        await File.WriteAllLinesAsync(
            server.directory["m.conf"], ["user root", $"listener {server.Port} 127.0.0.1", .. configuration(server.directory)]).ConfigureAwait(false);
        await server.StartAsync().ConfigureAwait(false);
        return server;
    }

    /// <summary>SIGTERM, and waits until it has saved and ended.</summary>
    public async Task TerminateAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30)).ConfigureAwait(false);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Starts it (again) on its port.</summary>
    public async Task StartAsync()
    {
        process = Process.Start(new ProcessStartInfo(program, ["-c", directory["m.conf"]]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginErrorReadLine();
        await Eventually.ReachesAsync(AnswersAsync, TimeSpan.FromSeconds(20)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false })
        {
            await KillAsync().ConfigureAwait(false);
        }

        process?.Dispose();
        directory.Dispose();
    }

    private async Task<string?> AnswersAsync()
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(IPAddress.Loopback, Port).ConfigureAwait(false);
            return null;
        }
        catch (SocketException e)
        {
            return string.Create(CultureInfo.InvariantCulture, $"port {Port}: {e.Message}");
        }
    }
}
