using TrafficCore.Boards;
using TrafficCore.Host.Boards;
using TrafficCore.Host.Live;
using TrafficCore.Host.Security;
using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Pipeline.City;
using TrafficCore.Storage.Influx;
using TrafficCore.Storage.Sqlite;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Host.Configuration;

/// <summary>The whole configuration, read once, valid. Immutable by convention: nobody writes options after start.</summary>
public sealed class ServiceSettings
{
    // Sections that the framework reads itself.
    private static readonly string[] Foreign = ["Logging"];

    private ServiceSettings()
    {
    }

    /// <summary>The configuration itself, for what the framework reads from it.</summary>
    public required IConfiguration Configuration { get; init; }

    /// <summary>Section <c>Data</c>.</summary>
    public required DataSettings Data { get; init; }

    /// <summary>Section <c>Network</c>.</summary>
    public required NetworkSettings Network { get; init; }

    /// <summary>Section <c>Windows</c>.</summary>
    public required WindowsSettings Windows { get; init; }

    /// <summary>Section <c>Pipeline</c>.</summary>
    public required PipelineSettings Pipeline { get; init; }

    /// <summary>Section <c>History</c>.</summary>
    public required HistorySettings History { get; init; }

    /// <summary>Section <c>Service</c>.</summary>
    public required ServiceOptions Service { get; init; }

    /// <summary>Section <c>City</c>.</summary>
    public required CityIndexOptions City { get; init; }

    /// <summary>Section <c>Ingest</c>.</summary>
    public required IngestSettings Ingest { get; init; }

    /// <summary>Section <c>Mqtt</c>.</summary>
    public required BrokerOptions Mqtt { get; init; }

    /// <summary>The keys of section <c>Mqtt</c> for TLS.</summary>
    public required MqttTlsSettings MqttTls { get; init; }

    /// <summary>The keys of section <c>Mqtt</c> that name an existing broker.</summary>
    public required UpstreamOptions Upstream { get; init; }

    /// <summary>Section <c>Http</c>.</summary>
    public required HttpSettings Http { get; init; }

    /// <summary>Section <c>Live</c>.</summary>
    public required LiveOptions Live { get; init; }

    /// <summary>Section <c>Security</c>.</summary>
    public required SecurityOptions Security { get; init; }

    /// <summary>Section <c>Influx</c>.</summary>
    public required InfluxOptions Influx { get; init; }

    /// <summary>Section <c>Sqlite</c>.</summary>
    public required SqliteOptions Sqlite { get; init; }

    /// <summary>Section <c>Boards</c>.</summary>
    public required BoardsOptions Boards { get; init; }

    /// <summary>Section <c>Telemetry</c>.</summary>
    public required TelemetrySettings Telemetry { get; init; }

    /// <summary>Section <c>Stop</c>.</summary>
    public required StopSettings Stop { get; init; }

    /// <summary>Where MQTT listens with TLS, if it does.</summary>
    internal ListenPoint? MqttTlsListen => !MqttTls.IsUsed ? null
        : ListenPoint.TryParse(MqttTls.TlsAddress, MqttTls.TlsPort, out var point) ? point
        : MqttListen with { Port = MqttTls.TlsPort };

    /// <summary>
    /// Which MQTT clients come in without an account: all because the operator says so, or, where there are no accounts, this machine's. Those over WebSocket
    /// come by the HTTP listener, which may be open further to who only reads.
    /// </summary>
    internal OpenTo MqttOpenTo => Mqtt.Anonymous ? OpenTo.Everybody : Security.HasAccounts ? OpenTo.Nobody : OpenTo.ThisMachine;

    /// <summary>The same of HTTP; from outside they may read, on this machine everything.</summary>
    internal bool IsHttpOpen => Http.Anonymous || !Security.HasAccounts;

    /// <summary>Where MQTT listens: without accounts for this machine only, unless the operator says that anybody may come.</summary>
    internal ListenPoint MqttListen => ListenPoint.TryParse(Mqtt.Address, Mqtt.Port, out var point) ? point
        : Mqtt.Anonymous || Security.HasAccounts ? ListenPoint.Everywhere(Mqtt.Port)
        : ListenPoint.Loopback(Mqtt.Port);

    /// <summary>Reads all sources: appsettings.json, then environment, then overrides in the form <c>--Key:Sub=value</c>.</summary>
    /// <returns>The settings, null when there are errors; and all errors.</returns>
    public static (ServiceSettings? Settings, IReadOnlyList<ConfigurationError> Errors) Read(IReadOnlyList<string> overrides)
    {
        var (settings, errors) = ReadAll(overrides);
        return (errors.Count == 0 ? settings : null, errors);
    }

    /// <summary>The same, with settings also where there are errors: for who looks for more of them.</summary>
    internal static (ServiceSettings Settings, IReadOnlyList<ConfigurationError> Errors) ReadAll(IReadOnlyList<string> overrides)
    {
        var (configuration, unreadable) = ConfigurationSources.Read(overrides);
        var (settings, errors) = Bind(configuration);
        return (settings, [.. unreadable, .. errors]);
    }

    /// <summary>Binds and checks everything; the settings are to be used only when there are no errors.</summary>
    public static (ServiceSettings Settings, IReadOnlyList<ConfigurationError> Errors) Bind(IConfiguration configuration)
    {
        var binder = new SettingsBinder(configuration);
        var settings = new ServiceSettings
        {
            Configuration = configuration,
            Data = binder.Bind<DataSettings>("Data"),
            Network = binder.Bind<NetworkSettings>("Network"),
            Windows = binder.Bind<WindowsSettings>("Windows"),
            Pipeline = binder.Bind<PipelineSettings>("Pipeline"),
            History = binder.Bind<HistorySettings>("History"),
            Service = binder.Bind<ServiceOptions>(ServiceOptions.Section),
            City = binder.Bind<CityIndexOptions>(CityIndexOptions.Section),
            Ingest = binder.Bind<IngestSettings>("Ingest"),
            Mqtt = binder.Bind<BrokerOptions>(BrokerOptions.Section),
            MqttTls = binder.Bind<MqttTlsSettings>(BrokerOptions.Section),
            Upstream = binder.Bind<UpstreamOptions>(BrokerOptions.Section),
            Http = binder.Bind<HttpSettings>("Http"),
            Live = binder.Bind<LiveOptions>(LiveOptions.Section),
            Security = binder.Bind<SecurityOptions>(SecurityOptions.Section),
            Influx = binder.Bind<InfluxOptions>(InfluxOptions.Section),
            Sqlite = binder.Bind<SqliteOptions>(SqliteOptions.Section),
            Boards = binder.Bind<BoardsOptions>(BoardsOptions.Section),
            Telemetry = binder.Bind<TelemetrySettings>("Telemetry"),
            Stop = binder.Bind<StopSettings>("Stop"),
        };
        binder.RejectUnknown(Foreign);
        CheckLogLevels(configuration, binder);
        CrossCheck(settings, binder);
        return (settings, binder.Errors);
    }

    // The framework reads these itself, and throws when the first logger is made.
    private static void CheckLogLevels(IConfiguration configuration, SettingsBinder binder)
    {
        var levels = configuration.GetSection("Logging").AsEnumerable().Where(l => l.Key.Contains(":LogLevel:", StringComparison.OrdinalIgnoreCase));
        foreach (var (key, value) in levels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            if (value is not null && !Enum.TryParse<LogLevel>(value, ignoreCase: true, out _))
            {
                binder.Add(key, $"\"{value}\" is not one of {string.Join(", ", Enum.GetNames<LogLevel>())}");
            }
        }
    }

    // What no single section can see.
    private static void CrossCheck(ServiceSettings settings, SettingsBinder binder)
    {
        if (settings.History.Keep < settings.Windows.Lateness)
        {
            binder.Add("History:Keep", "must be at least Windows:Lateness, else a reading that is not late finds its history deleted");
        }

        if (settings.Ingest.MaxAge is { } age && settings.History.Keep < age)
        {
            binder.Add("History:Keep", "must be at least Ingest:MaxAge, else a reading that is not too old finds its history deleted");
        }

        CheckListeners(settings, binder);
        if (settings.Influx.Url.Length > 0 && !(Uri.TryCreate(settings.Influx.Url, UriKind.Absolute, out var influx) && IsHttp(influx)))
        {
            binder.Add("Influx:Url", "is not an absolute URL of http or https");
        }

        if (settings.Telemetry.OtlpEndpoint is { } collector && !IsHttp(collector))
        {
            binder.Add("Telemetry:OtlpEndpoint", "is not an absolute URL of http or https");
        }

        foreach (var (member, error) in RuleChecks.Errors(settings.Boards.Rules, settings))
        {
            binder.Add($"Boards:{member}", error);
        }

        if (settings.Network.File.Length == 0 && settings.Network.Open == false)
        {
            binder.Add("Network:Open", "is false and there is no Network:File: every device would be rejected");
        }
    }

    private static bool IsHttp(Uri url) => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps;

    private static void CheckListeners(ServiceSettings settings, SettingsBinder binder)
    {
        if (settings.Mqtt.Address.Length > 0 && !ListenPoint.TryParse(settings.Mqtt.Address, settings.Mqtt.Port, out _))
        {
            binder.Add("Mqtt:Address", $"\"{settings.Mqtt.Address}\" {ListenPoint.Expected}");
        }
        else if (settings.MqttOpenTo == OpenTo.ThisMachine && (!settings.MqttListen.IsLoopback || settings.MqttTlsListen is { IsLoopback: false }))
        {
            binder.Add(settings.MqttListen.IsLoopback ? "Mqtt:TlsAddress" : "Mqtt:Address", "reaches beyond this machine and there are no accounts: needs Security:AccountsFile or Mqtt:Anonymous=true");
        }

        if (settings.IsHttpOpen && !settings.Http.Anonymous && !settings.Http.Listen.IsLoopback)
        {
            binder.Add("Http:Address", "reaches beyond this machine and there are no accounts: needs Security:AccountsFile or Http:Anonymous=true");
        }

        if (settings.MqttTlsListen is { Port: > 0 and var tls } && (tls == settings.Mqtt.Port || tls == settings.Http.Port))
        {
            binder.Add("Mqtt:TlsPort", $"{tls} is another listener's port too; each listener needs a port of its own");
        }

        if (settings.Mqtt.Port == settings.Http.Port && settings.Mqtt.Port != 0)
        {
            binder.Add("Http:Port", $"{settings.Http.Port} is Mqtt:Port too; each listener needs a port of its own");
        }
    }
}
