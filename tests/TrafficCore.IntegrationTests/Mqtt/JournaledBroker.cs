using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Mqtt.Broker;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>A broker whose sessions lie on a disk that forgets what was not synced, and that can lose its power.</summary>
/// <remarks>Ownership: one test. The clock goes on over the lives.</remarks>
internal sealed class JournaledBroker : IAsyncDisposable
{
    private readonly ManualTime _time = new();
    private readonly Action<BrokerOptions>? _configure;
    private ForgetfulFileSystem _files = new();
    private SessionJournal? _journal;

    private JournaledBroker(Action<BrokerOptions>? configure) => _configure = configure;

    public BrokerHost Host { get; private set; } = null!;

    public int Port => Host.Port;

    public ManualTime Time => _time;

    /// <summary>How much the journal holds.</summary>
    public long JournalEnd => _journal!.DurableEnd;

    public static async Task<JournaledBroker> StartAsync(Action<BrokerOptions>? configure = null)
    {
        var broker = new JournaledBroker(configure);
        await broker.BeginAsync();
        return broker;
    }

    /// <summary>The power fails and comes back: what was not synced is gone.</summary>
    public async Task CutPowerAsync(TimeSpan away = default)
    {
        var files = _files.Restart(seed: 0);
        await EndAsync();
        _files = files;
        _time.Advance(away);
        await BeginAsync();
    }

    /// <summary>The service stops and starts.</summary>
    public async Task RestartAsync()
    {
        await EndAsync();
        _files = _files.Restart(seed: 0);
        await BeginAsync();
    }

    public async ValueTask DisposeAsync() => await EndAsync();

    private async Task BeginAsync()
    {
        _journal = SessionJournal.Open("/sessions", _files, new Calendar(_time), () => 7, NullLogger.Instance);
        Host = await BrokerHost.StartAsync(configure: _configure, journal: _journal, clock: _time);
    }

    private async Task EndAsync()
    {
        await Host.DisposeAsync();
        await _journal!.DisposeAsync();
    }

    /// <summary>The test's date; commits follow the real clock.</summary>
    private sealed class Calendar(ManualTime time) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();
    }
}
