using Microsoft.Extensions.Configuration;
using TrafficCore.Host.Configuration;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Upstream;

public sealed class UpstreamSettingsTests
{
    [Fact]
    public void Nothing_IsNoUpstreamAndAnOpenListener()
    {
        var (settings, errors) = Bind();
        Assert.Empty(errors);
        Assert.Equal((false, true, MqttVersion.V5), (settings.Upstream.IsUsed, settings.Upstream.Listen, settings.Upstream.Version));
    }

    [Fact]
    public void Keys_BesideTheBrokersOwn_AreUnderstood()
    {
        var (settings, errors) = Bind(
            "Mqtt:Port=0", "Mqtt:Upstream=mqtt://me:secret@box", "Mqtt:Listen=false", "Mqtt:UpstreamVersion=3.1.1", "Mqtt:UpstreamShare=g", "Mqtt:UpstreamClientId=x",
            "Mqtt:UpstreamReceiveMaximum=5", "Mqtt:UpstreamSessionExpiry=2d");
        Assert.Empty(errors);
        Assert.Equal((MqttVersion.V311, TimeSpan.FromDays(2), false), (settings.Upstream.Version, settings.Upstream.UpstreamSessionExpiry, settings.Upstream.Listen));
    }

    [Theory]
    [InlineData("Mqtt:Upstream", "Mqtt:Upstream=http://me:secret@box")]
    [InlineData("Mqtt:Upstream", "Mqtt:Upstream=mqtt://me:secret@box/topic")]
    [InlineData("Mqtt:Upstream", "Mqtt:Upstream=me:secret@box")]
    [InlineData("Mqtt:Listen", "Mqtt:Listen=false")]
    [InlineData("Mqtt:UpstreamVersion", "Mqtt:Upstream=mqtt://box", "Mqtt:UpstreamVersion=4")]
    [InlineData("Mqtt:UpstreamShare", "Mqtt:Upstream=mqtt://box", "Mqtt:UpstreamShare=a/b")]
    [InlineData("Mqtt:UpstreamReceiveMaximum", "Mqtt:Upstream=mqtt://box", "Mqtt:UpstreamReceiveMaximum=0")]
    [InlineData("Mqtt:UpstreamCaFile", "Mqtt:Upstream=mqtts://box", "Mqtt:UpstreamCaFile=/nowhere/ca.pem")]
    [InlineData("Mqtt:UpstreamCertificateFile", "Mqtt:Upstream=mqtts://box", "Mqtt:UpstreamCertificateFile=/nowhere/c.pem")]
    [InlineData("Mqtt:UpstreamKeyFile", "Mqtt:Upstream=mqtts://box", "Mqtt:UpstreamKeyFile=/nowhere/k.pem")]
    [InlineData("Mqtt:Upstream", "Mqtt:Upstream=mqtt://box", "Mqtt:UpstreamCaFile=/nowhere/ca.pem")]
    public void Mistake_IsNamedByItsKeyWithoutTheSecret(string key, params string[] settings)
    {
        var (_, errors) = Bind(settings);
        Assert.Contains(errors, e => e.Key == key);
        Assert.DoesNotContain(errors, e => e.ToString().Contains("secret", StringComparison.Ordinal));
    }

    private static (ServiceSettings Settings, IReadOnlyList<ConfigurationError> Errors) Bind(params string[] settings) => ServiceSettings.Bind(
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => s.Split('=', 2)).Select(p => new KeyValuePair<string, string?>(p[0], p[1]))).Build());
}
