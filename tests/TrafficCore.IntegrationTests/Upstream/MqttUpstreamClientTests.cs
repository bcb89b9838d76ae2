using TrafficCore.Host.Upstream;

namespace TrafficCore.IntegrationTests.Upstream;

/// <summary>The upstream client of the product, held to the contract.</summary>
public sealed class MqttUpstreamClientTests : UpstreamClientContract
{
    private protected override IUpstreamClient Create(UpstreamPlan plan) => new MqttUpstreamClient(plan, TimeProvider.System, new Random(20_261_128));
}
