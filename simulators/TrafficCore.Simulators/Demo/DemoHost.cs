using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Demo;

/// <summary>The service, running in this process on real ports.</summary>
internal sealed class DemoHost : IAsyncDisposable
{
    private DemoHost(BrokerAddress mqtt, Uri http) => (Mqtt, Http) = (mqtt, http);

    /// <summary>Where devices connect.</summary>
    public BrokerAddress Mqtt { get; }

    /// <summary>Where people look.</summary>
    public Uri Http { get; }

    /// <summary>Starts it with overrides in the form of its own command line.</summary>
    /// <exception cref="UsageException">The configuration is wrong, e.g. a port is taken.</exception>
    public static Task<DemoHost> StartAsync(string[] overrides, CancellationToken cancellation) =>
        throw new UsageException("The service cannot be hosted yet.");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
