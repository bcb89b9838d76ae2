using System.Diagnostics.Metrics;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Security.Audit;
using TrafficCore.Host.Security.Passwords;

namespace TrafficCore.Host.Security;

/// <summary>Accounts, keys and deny list as they are in force, and the checking of passwords: one for MQTT and HTTP.</summary>
/// <remarks>Ownership: the service starts it before its listeners and disposes it behind them.</remarks>
internal sealed class SecurityService : IAsyncDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "TrafficCore.Security";

    private readonly Meter meter;

    public SecurityService(SecurityOptions options, MqttTls? tls, TimeProvider time, ServicePlatform platform)
    {
        Source = new SecuritySource(options, tls, time, platform.Logger<SecuritySource>());
        Passwords = new PasswordGate(options.PasswordChecks, options.PasswordQueue);
        Source.Changed += () => Passwords.Forget(name => Source.Current.Accounts.Find(name) is not null);
        meter = platform.Meters.Create(MeterName);
        meter.CreateObservableCounter("trafficcore.security.password_checks", () => Passwords.SlowChecks, description: "Passwords checked with a slow hash");
        meter.CreateObservableCounter("trafficcore.security.password_refusals", () => Passwords.Refused, description: "Clients told that too many passwords wait");
        meter.CreateObservableGauge("trafficcore.security.password_queue", () => Passwords.Waiting, description: "Clients whose password waits to be checked");
        meter.CreateObservableGauge("trafficcore.security.accounts", () => Source.Current.Accounts.Count, description: "Accounts in force");
        meter.CreateObservableGauge("trafficcore.security.file_errors", () => Source.Errors.Count, description: "What is wrong with accounts file and deny list now");
    }

    public SecuritySource Source { get; }

    public PasswordGate Passwords { get; }

    /// <summary>Counts what an audit log loses; called once.</summary>
    public void Observe(AuditLog audit) =>
        meter.CreateObservableCounter("trafficcore.security.audit_entries_dropped", () => audit.Dropped, description: "Audit entries lost because too many waited for a disk that refuses");

    public void Start() => Source.Start();

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        Passwords.Dispose();
        meter.Dispose();
    }
}
