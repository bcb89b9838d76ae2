using Microsoft.Extensions.Configuration;
using TrafficCore.Host.Configuration;
using TrafficCore.Storage.Influx;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.Host;

public sealed class ServiceSettingsTests
{
    [Fact]
    public void Bind_Nothing_GivesTheContractsDefaults()
    {
        var settings = Valid();
        Assert.Equal((1883, 8080, "data", false), (settings.Mqtt.Port, settings.Http.Port, settings.Data.Directory, settings.Mqtt.Anonymous));
        Assert.Equal([TimeSpan.FromSeconds(60), TimeSpan.FromMinutes(15)], settings.Windows.Length);
        Assert.Equal((TimeSpan.FromDays(7), TimeSpan.FromMinutes(5)), (settings.Ingest.MaxAge, settings.Ingest.MaxAhead));
        Assert.True(settings.Network.IsOpen);
    }

    [Fact]
    public void Bind_KeysOfTheContract_AreUnderstood()
    {
        var settings = Valid(
            "Mqtt:Port=0", "Http:Port=0", "Data:Directory=/x", "Network:File=n.json", "Network:Open=true", "Windows:Length=30s, 5m,1h", "Windows:Lateness=2d",
            "Ingest:MaxAge=unlimited", "Ingest:MaxAhead=90s", "Influx:Url=http://h:8086", "Influx:Api=v1", "Influx:Org=o", "Influx:Bucket=b", "Influx:Token=u:p");
        Assert.Equal([TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(1)], settings.Windows.Length);
        Assert.Null(settings.Ingest.MaxAge);
        Assert.Equal((InfluxApi.V1, "u:p"), (settings.Influx.Api, settings.Influx.Token));
        Assert.True(settings.Network.IsOpen);
    }

    [Fact]
    public void Bind_SeveralMistakes_ReportsAllUnderTheirKeys()
    {
        var errors = Errors("Mqtt:Port=70000", "Http:Port=x", "Windows:Length=60s,nonsense", "Ingest:MaxAhead=5 minutes", "Influx:Api=v7", "Influx:Url=here");
        Assert.Equal(
            ["Http:Port", "Influx:Api", "Influx:Url", "Ingest:MaxAhead", "Mqtt:Port", "Windows:Length"], errors.Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Mqtt:Prot=1", "Mqtt:Prot", "Mqtt:Port")]
    [InlineData("Mqt:Port=1", "Mqt:Port", "Mqtt:Port")]
    [InlineData("Window:Length=60s", "Window:Length", "Windows:Length")]
    [InlineData("Boards:Rules:0:Steps:0:When:SpeedRatio:Entre=3", "Boards:Rules:0:Steps:0:When:SpeedRatio:Entre", "Boards:Rules:0:Steps:0:When:SpeedRatio:Enter")]
    public void Bind_UnknownKey_NamesTheNearestKnownOne(string setting, string key, string nearest)
    {
        var error = Assert.Single(Errors(setting), e => e.Message.Contains("not a known key", StringComparison.Ordinal));
        Assert.Equal(key, error.Key);
        Assert.EndsWith($"the nearest is {nearest}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Mqtt=5", "Mqtt: is a section of keys, not a value")]
    [InlineData("Boards:Rules=slow", "Boards:Rules: is a list of sections, not a value")]
    [InlineData("Mqtt:Port:Number=5", "Mqtt:Port: is one value, not a section")]
    [InlineData("Bogus=1", "Bogus: is not a known key; the nearest is Stop:Flush")]
    [InlineData("Windows:Length=61s,900s", "Windows:Length: 1 h and the window lengths have a common multiple of more than 24 h (at 61000 ms)")]
    [InlineData("Windows:Length=0s", "Windows:Length: 0ms is not whole seconds from 1s to 1d")]
    [InlineData("Windows:Length=1000000d", "Windows:Length: 1000000d is not whole seconds from 1s to 1d")]
    [InlineData("Windows:Length=60s,1m", "Windows:Length: names a length twice")]
    [InlineData("Windows:Length=", "Windows:Length: needs at least one length")]
    [InlineData("Windows:Length=-1", "Windows:Length: \"-1\" is not a duration such as 500ms, 60s, 15m, 8h or 7d")]
    [InlineData("Windows:IdleTimeout=0s", "Windows:IdleTimeout: must be longer than 0 and at most 3650d")]
    [InlineData("Windows:InMemory=1000000d", "Windows:InMemory: must be longer than 0 and at most 3650d")]
    [InlineData("Ingest:MaxAhead=unlimited", "Ingest:MaxAhead: \"unlimited\" is not a duration such as 500ms, 60s, 15m, 8h or 7d")]
    [InlineData("Pipeline:SnapshotInterval=0s", "Pipeline:SnapshotInterval: The field SnapshotInterval must be between 00:00:01 and 1.00:00:00.")]
    [InlineData("Mqtt:TopicRoot=/", "Mqtt:TopicRoot: must be levels without wildcards, such as traffic/v1")]
    [InlineData("Mqtt:TopicRoot=a//b", "Mqtt:TopicRoot: must be levels without wildcards, such as traffic/v1")]
    [InlineData("Mqtt:TopicRoot=$SYS", "Mqtt:TopicRoot: must be levels without wildcards, such as traffic/v1")]
    [InlineData("Influx:Url=mailto:x", "Influx:Url: is not an absolute URL of http or https")]
    [InlineData("Logging:LogLevel:Microsoft.AspNetCore=Loud", "Logging:LogLevel:Microsoft.AspNetCore: \"Loud\" is not one of Trace, Debug, Information, Warning, Error, Critical, None")]
    [InlineData("Logging:Console:LogLevel:Default=x", "Logging:Console:LogLevel:Default: \"x\" is not one of Trace, Debug, Information, Warning, Error, Critical, None")]
    [InlineData("Telemetry:OtlpEndpoint=ftp://x", "Telemetry:OtlpEndpoint: is not an absolute URL of http or https")]
    public void Bind_StrangeValue_IsToldWhy(string setting, string error) => Assert.Equal(error, Assert.Single(Errors(setting)).ToString());

    [Fact]
    public void Bind_TimersOfEveryOption_FitTheClock()
    {
        // What the system's timers take; a longer wait would fail where it begins, long after the start.
        var longest = TimeSpan.FromMilliseconds(uint.MaxValue - 1);
        string[] timers =
        [
            "Pipeline:CommitInterval", "Pipeline:SnapshotInterval", "Stop:Flush", "Stop:Connections", "Boards:EvaluateEvery", "Sqlite:BatchDelay",
            "Influx:BatchDelay", "Influx:Timeout", "Influx:RetryDelay", "Influx:MaxRetryDelay", "Influx:MaxRetryAfter",
        ];
        Assert.Equal(timers.Order(StringComparer.Ordinal), Errors([.. timers.Select(key => $"{key}={longest + TimeSpan.FromDays(1):c}")]).Select(e => e.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Bind_LoggingSection_IsTheFrameworks() => Assert.Empty(Errors("Logging:LogLevel:Default=Debug"));

    [Theory]
    [InlineData("127.0.0.1:1883")]
    [InlineData("*:1883", "Mqtt:Anonymous=true")]
    [InlineData("*:1883", "Security:AccountsFile=accounts.json")]
    [InlineData("[::1]:1883", "Mqtt:Address=::1")]
    [InlineData("192.0.2.1:1883", "Mqtt:Address=192.0.2.1", "Mqtt:Anonymous=true")]
    [InlineData("127.0.0.1:1883", "Mqtt:Address=localhost", "Mqtt:Anonymous=true")]
    public void MqttListen_AddressAndAccounts_DecideWhoReachesIt(string expected, params string[] settings) =>
        Assert.Equal(expected, Valid(settings).MqttListen.ToString());

    [Theory]
    [InlineData("Mqtt:Address=*")]
    [InlineData("Mqtt:Address=192.0.2.1")]
    [InlineData("Mqtt:Address=everywhere", "Mqtt:Anonymous=true")]
    public void Bind_MqttAddressThatCannotBeOffered_IsAnError(params string[] settings) =>
        Assert.Equal("Mqtt:Address", Assert.Single(Errors(settings)).Key);

    [Theory]
    [InlineData("Http:Address=*")]
    [InlineData("Http:Address=192.0.2.1", "Mqtt:Anonymous=true")]
    public void Bind_HttpBeyondThisMachineWithoutAccounts_IsAnError(params string[] settings) =>
        Assert.Equal("Http:Address", Assert.Single(Errors(settings)).Key);

    [Theory]
    [InlineData("Http:Address=*", "Http:Anonymous=true")]
    [InlineData("Http:Address=*", "Security:AccountsFile=accounts.json")]
    public void Bind_HttpBeyondThisMachineOnPurpose_IsValid(params string[] settings) => Valid(settings);

    [Theory]
    [InlineData("127.0.0.1:8883")]
    [InlineData("*:8883", "Mqtt:Anonymous=true")]
    [InlineData("127.0.0.1:8883", "Mqtt:Anonymous=true", "Mqtt:Address=localhost")]
    [InlineData("*:9", "Security:AccountsFile=accounts.json", "Mqtt:Address=127.0.0.1", "Mqtt:TlsAddress=*", "Mqtt:TlsPort=9")]
    public void MqttTlsListen_WithACertificate_IsWhereMqttIsUnlessItSaysOtherwise(string expected, params string[] settings)
    {
        Assert.Null(Valid().MqttTlsListen);
        Assert.Equal(expected, Valid(["Mqtt:TlsCertificateFile=server.pem", .. settings]).MqttTlsListen.ToString());
    }

    [Theory]
    [InlineData("Mqtt:TlsKeyFile", "Mqtt:TlsKeyFile=server.key")]
    [InlineData("Mqtt:ClientCaFile", "Mqtt:ClientCaFile=ca.pem")]
    [InlineData("Mqtt:TlsAddress", "Mqtt:TlsAddress=127.0.0.1")]
    [InlineData("Mqtt:ClientCrlFile", "Mqtt:TlsCertificateFile=server.pem", "Mqtt:ClientCrlFile=crl.pem")]
    [InlineData("Mqtt:RequireClientCertificate", "Mqtt:TlsCertificateFile=server.pem", "Mqtt:RequireClientCertificate=true")]
    [InlineData("Mqtt:TlsAddress", "Mqtt:TlsCertificateFile=server.pem", "Mqtt:TlsAddress=*")]
    [InlineData("Mqtt:TlsAddress", "Mqtt:TlsCertificateFile=server.pem", "Mqtt:TlsAddress=elsewhere")]
    [InlineData("Mqtt:TlsPort", "Mqtt:TlsCertificateFile=server.pem", "Mqtt:TlsPort=8080")]
    public void Bind_TlsThatCannotBeOffered_IsAnError(string key, params string[] settings) =>
        Assert.Equal(key, Assert.Single(Errors(settings)).Key);

    [Fact]
    public void Bind_AuditKeptForLessThanHalfAYear_IsAnError() => Assert.Equal("Security:AuditKeep", Assert.Single(Errors("Security:AuditKeep=179d")).Key);

    [Fact]
    public void Bind_HistoryShorterThanLateness_IsAnError() =>
        Assert.Equal("History:Keep", Assert.Single(Errors("History:Keep=1d", "Ingest:MaxAge=1d")).Key);

    [Fact]
    public void Bind_BoardRules_AreBoundWholeAndChecked()
    {
        const string Step = "Boards:Rules:0:Steps:0";
        string[] rule = ["Boards:Rules:0:Name=jam", $"{Step}:Name=bad", $"{Step}:When:SpeedRatio:Enter=0.4", $"{Step}:When:SpeedRatio:Exit=0.6", $"{Step}:Text:0=JAM"];
        var bound = Assert.Single(Valid([.. rule, "Boards:Rules:0:Kind=level-of-service"]).Boards.Rules);
        var step = Assert.Single(bound.Steps);
        Assert.Equal(("jam", "bad", 0.4, 0.6, "JAM"), (bound.Name, step.Name, step.When.SpeedRatio!.Enter, step.When.SpeedRatio.Exit, Assert.Single(step.Text)));

        Assert.Equal([$"{Step}:When:SpeedRatio:Exit", $"{Step}:Text"], Errors([.. rule[..3], $"{Step}:When:SpeedRatio:Exit=0.1"]).Select(e => e.Key));
        Assert.Equal("Boards:Rules:0:Window", Assert.Single(Errors([.. rule, "Boards:Rules:0:Window=30s"])).Key);
        Assert.Equal("Boards:Rules:0:Name", Assert.Single(Errors([.. rule[1..], "Boards:Rules:0:Name=no spaces"])).Key);
    }

    [Fact]
    public void Bind_Service_NamesMethodAndLimits()
    {
        var service = Valid("Service:Method=hcm7-speed-ratio", "Service:ByOccupancy=false", "Service:OccupancyLimits=8,12,20,30,40.5").Service;
        Assert.Equal((ServiceMethod.Hcm7SpeedRatio, false), (service.Method, service.ByOccupancy));
        Assert.Equal([8, 12, 20, 30, 40.5], service.OccupancyLimits);
        Assert.Equal(ServiceMethod.Gbt33171SpeedRatio, Valid("Service:Method=gbt33171-speed-ratio").Service.Method);

        Assert.Equal("Service:Method", Assert.Single(Errors("Service:Method=speed")).Key);
        Assert.Equal("Service:OccupancyLimits", Assert.Single(Errors("Service:OccupancyLimits=10,20")).Key);
    }

    [Fact]
    public void Bind_BoardsMaxInputAge_MayBeUnlimited()
    {
        Assert.Null(Valid("Boards:MaxInputAge=unlimited").Boards.MaxInputAge);
        Assert.Equal("Boards:Rules:0:Window", Assert.Single(Errors(
            "Windows:Length=60s,900s", "Boards:Rules:0:Name=slow", "Boards:Rules:0:Window=900s", "Boards:Rules:0:Expiry=30m", "Boards:Rules:0:Steps:0:Name=x",
            "Boards:Rules:0:Steps:0:When:Occupancy:Enter=40", "Boards:Rules:0:Steps:0:When:Occupancy:Exit=30", "Boards:Rules:0:Steps:0:Text:0=X")).Key);
    }

    [Theory]
    [InlineData("60s", 60_000)]
    [InlineData("15m", 900_000)]
    [InlineData("7d", 604_800_000)]
    [InlineData("250ms", 250)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("00:01:30", 90_000)]
    public void TryParse_Duration_IsRead(string text, long milliseconds)
    {
        Assert.True(DurationText.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("60")]
    [InlineData("-5s")]
    [InlineData("5 s")]
    [InlineData("1y")]
    [InlineData("99999999999999d")]
    public void TryParse_AnythingElse_IsRefused(string text) => Assert.False(DurationText.TryParse(text, out _));

    [Fact]
    public void Split_Arguments_SeparatesOverridesFromTheCommand()
    {
        var (command, overrides) = ConfigurationSources.Split(["export", "windows", "--Data:Directory=/x", "--from", "-15m", "--Mqtt:Port", "5", "--out=a:b"]);
        Assert.Equal(["export", "windows", "--from", "-15m", "--out=a:b"], command);
        Assert.Equal(["--Data:Directory=/x", "--Mqtt:Port=5"], overrides);
    }

    [Fact]
    public void Split_KeyWithoutASection_IsJudgedAsAKey()
    {
        var (command, overrides) = ConfigurationSources.Split(["check", "--Bogus=1", "--Other", "2", "--json", "--from=-1h"]);
        Assert.Equal(["check", "--json", "--from=-1h"], command);
        Assert.Equal(["--Bogus=1", "--Other=2"], overrides);
    }

    private static ServiceSettings Valid(params string[] settings)
    {
        var (bound, errors) = ServiceSettings.Bind(Configuration(settings));
        Assert.Empty(errors);
        return bound;
    }

    private static IReadOnlyList<ConfigurationError> Errors(params string[] settings) => ServiceSettings.Bind(Configuration(settings)).Errors;

    private static IConfiguration Configuration(string[] settings) => new ConfigurationBuilder()
        .AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(p => KeyValuePair.Create(p[0], (string?)p[1]))).Build();
}
