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

    /// <summary>Starts a broker that lets everybody in.</summary>
    /// <returns>Null when mosquitto is not installed.</returns>
    public static async Task<MosquittoServer?> TryStartAsync()
    {
        if (RequiredTools.Find("mosquitto") is not { } program)
        {
            return null;
        }

        var server = new MosquittoServer(program, FreePort());
        await File.WriteAllLinesAsync(
            server.directory["m.conf"],
            ["user root", $"listener {server.Port} 127.0.0.1", "allow_anonymous true", "persistence false"]).ConfigureAwait(false);
        await server.StartAsync().ConfigureAwait(false);
        return server;
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

    /// <summary>mosquitto cannot bind port 0 and tell; a port that was free a moment ago is the best there is.</summary>
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
