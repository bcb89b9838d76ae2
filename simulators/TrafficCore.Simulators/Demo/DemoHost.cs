using System.Net;
using TrafficCore.Host;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Demo;

/// <summary>The service, running in this process on real ports.</summary>
internal sealed class DemoHost : IAsyncDisposable
{
    private readonly TrafficCoreService _service;

    private DemoHost(TrafficCoreService service)
    {
        _service = service;
        Mqtt = new BrokerAddress(IPAddress.Loopback.ToString(), service.Mqtt.Port);
        Http = new Uri($"http://{IPAddress.Loopback}:{service.Http.Port}/");
    }

    /// <summary>Where devices connect.</summary>
    public BrokerAddress Mqtt { get; }

    /// <summary>Where people look.</summary>
    public Uri Http { get; }

    /// <summary>Must come before the first socket of the process: it chooses how all of them complete.</summary>
    public static void PrepareSockets() => ServicePlatform.PrepareSockets();

    /// <summary>Starts it with overrides in the form of its own command line.</summary>
    /// <param name="overrides">Configuration.</param>
    /// <param name="silent">True: it logs nothing, because a live table has the terminal.</param>
    /// <param name="cancellation">Gives up the start.</param>
    /// <exception cref="UsageException">The configuration is wrong.</exception>
    /// <exception cref="IOException">A port is taken, or the data directory is in use.</exception>
    public static async Task<DemoHost> StartAsync(string[] overrides, bool silent, CancellationToken cancellation)
    {
        var (settings, errors) = ServiceSettings.Read(overrides);
        if (settings is null)
        {
            throw new UsageException(string.Join(Environment.NewLine, errors));
        }

        return new DemoHost(await TrafficCoreService.StartAsync(settings, TimeProvider.System, silent ? static _ => { } : null, cancellation));
    }

    /// <summary>Stops it in order.</summary>
    public ValueTask DisposeAsync() => _service.DisposeAsync();
}
