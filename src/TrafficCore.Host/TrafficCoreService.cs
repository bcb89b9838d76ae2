using System.Net;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host;

/// <summary>The whole service in this process: opened, started, and stopped in order.</summary>
/// <remarks>Ownership: whoever started it stops it, once. The properties may be read from any thread.</remarks>
public sealed class TrafficCoreService : IAsyncDisposable
{
    private readonly ServicePlatform platform;
    private readonly ServiceRooms rooms;
    private readonly ServiceSettings settings;
    private readonly TimeProvider time;
    private readonly WebApplication http;
    private readonly ILogger logger;

    private TrafficCoreService(ServicePlatform platform, ServiceRooms rooms, ServiceSettings settings, TimeProvider time, WebApplication http)
    {
        this.platform = platform;
        this.rooms = rooms;
        this.settings = settings;
        this.time = time;
        this.http = http;
        logger = platform.Logger<TrafficCoreService>();
    }

    /// <summary>Stops the HTTP listener and closes everything that is open.</summary>
    public async ValueTask DisposeAsync()
    {
        await http.DisposeAsync();
        await rooms.StopAsync(settings.Stop.Flush, time);
        await rooms.DisposeAsync();
        HostLog.Stopped(logger);
        await platform.DisposeAsync();
    }
}
