using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using System.Diagnostics.Metrics;
using TrafficCore.Mqtt.Broker;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>A broker on a free port of the loopback address, behind Kestrel as in the product, with a log and a clock that the test holds.</summary>
internal sealed class BrokerHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private BrokerHost(WebApplication application, ManualIngress log, ManualTime? time)
    {
        _application = application;
        Log = log;
        Time = time ?? new ManualTime();
        Broker = application.Services.GetRequiredService<MqttBroker>();
        Port = new Uri(application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()).Port;
    }

    public MqttBroker Broker { get; }

    public ManualIngress Log { get; }

    public ManualTime Time { get; }

    public int Port { get; }

    /// <summary>Starts a broker.</summary>
    /// <param name="mode">When appended records become durable.</param>
    /// <param name="configure">Changes options.</param>
    /// <param name="prepare">Runs before the first connection.</param>
    /// <param name="realTime">For tests whose clients wait in real time.</param>
    /// <param name="journal">What outlives the broker; closed by the test.</param>
    /// <param name="clock">A clock that goes on from an earlier broker.</param>
    /// <param name="inline">I/O completions run the read loop on the I/O thread, as in the product.</param>
    public static async Task<BrokerHost> StartAsync(
        CommitMode mode = CommitMode.Background, Action<BrokerOptions>? configure = null, Action<MqttBroker>? prepare = null, bool realTime = false,
        bool inline = false, SessionJournal? journal = null, ManualTime? clock = null)
    {
        var options = new BrokerOptions();
        configure?.Invoke(options);
        var log = new ManualIngress(mode);
        var time = clock ?? new ManualTime();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(services => new MqttBroker(
            options, log, new AnonymousAuthenticator(), new DefaultClientAccess(options.TopicRoot), realTime ? TimeProvider.System : time,
            services.GetRequiredService<IMeterFactory>(), services.GetRequiredService<ILoggerFactory>(), journal));
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = inline);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseMqtt()));
        var application = builder.Build();
        prepare?.Invoke(application.Services.GetRequiredService<MqttBroker>());
        application.Services.GetRequiredService<MqttBroker>().Start();
        await application.Services.GetRequiredService<MqttBroker>().PublishKeptWillsAsync();
        await application.StartAsync();
        return new BrokerHost(application, log, time);
    }

    public async ValueTask DisposeAsync()
    {
        Log.MakeRoom();
        Log.Commit();
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await Broker.StopAsync(stop.Token);
        using var hostStop = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _application.StopAsync(hostStop.Token);
        await _application.DisposeAsync();
    }
}
