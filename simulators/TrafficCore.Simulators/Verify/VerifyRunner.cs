using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrafficCore.Mqtt.Client;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Verify;

/// <summary>Watches devices and judges them.</summary>
internal sealed class VerifyRunner(VerifyOptions options, TimeProvider time, ConsoleProgress progress)
{
    /// <summary>Watches, disturbs, and judges.</summary>
    /// <param name="listening">Told the port as soon as devices may connect; not called when the bench listens to a broker.</param>
    /// <param name="cancellation">Ends it early; what was seen by then is not judged.</param>
    /// <exception cref="UsageException">The port or the certificate can't be used.</exception>
    /// <exception cref="MqttConnectionException">The broker does not let the bench in.</exception>
    public async Task<VerifyReport> RunAsync(Func<int, Task> listening, CancellationToken cancellation)
    {
        var start = time.GetTimestamp();
        var record = new BenchRecord(time);
        if (options.Broker is { } broker)
        {
            progress.Report(0, $"watching {broker}");
            await BrokerTap.ListenAsync(broker, options.Filter, options.Duration, record, cancellation);
        }
        else
        {
            using var certificate = LoadCertificate();
            await using var server = new BenchServer(options.Listen, certificate, record, time);
            await OpenAsync(server, listening);
            await new BenchScenario(options, server, record, progress, time).RunAsync(cancellation);
        }

        return VerifyReport.Of(new Evidence(record.Events, isOwnServer: options.Broker is null), options, time.GetElapsedTime(start));
    }

    private async Task OpenAsync(BenchServer server, Func<int, Task> listening)
    {
        try
        {
            server.Listen();
        }
        catch (SocketException e)
        {
            throw new UsageException($"Can't listen at {options.Listen}: {e.Message}", e);
        }

        await listening(server.Port);
    }

    private X509Certificate2? LoadCertificate()
    {
        try
        {
            return options.CertificateFile is { } file ? X509Certificate2.CreateFromPemFile(file, options.KeyFile) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"The bench's certificate can't be used: {e.Message}", e);
        }
    }
}
