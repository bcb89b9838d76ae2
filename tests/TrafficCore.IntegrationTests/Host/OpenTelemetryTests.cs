using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task OtlpEndpoint_Set_ReceivesMetricsAndTracesOfRequestsAndDeliveries()
    {
        var bodies = new ConcurrentDictionary<string, string>(StringComparer.Ordinal);
        ListenOptions collector = null!;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => collector = listen));
        await using var app = builder.Build();
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            bodies.AddOrUpdate(context.Request.Path, _ => Encoding.Latin1.GetString(body.ToArray()), (_, old) => old + Encoding.Latin1.GetString(body.ToArray()));
            context.Response.StatusCode = StatusCodes.Status200OK;
        });
        await app.StartAsync();

        await using (var service = await RunningService.StartAsync($"--Telemetry:OtlpEndpoint=http://{collector.IPEndPoint}", "--Windows:IdleTimeout=1s"))
        {
            var past = TimeProvider.System.GetUtcNow().AddMinutes(-3).ToUnixTimeMilliseconds();
            await service.PublishAsync("traffic/v1/int-1/detector/d", $$"""{"ts":{{past}},"volume":1,"interval":1000}""");
            await Eventually.ReachesAsync(async () => (await service.RowsAsync("int-1/flow?from=-5m")).Count > 0 ? null : "no row", TimeSpan.FromSeconds(30));
        }

        Assert.Contains("trafficcore.broker.", bodies["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("dotnet.gc.", bodies["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("GET /api/v1/intersections/{id}/flow", bodies["/v1/traces"], StringComparison.Ordinal);
        Assert.Contains("deliver sqlite", bodies["/v1/traces"], StringComparison.Ordinal);
    }
}
