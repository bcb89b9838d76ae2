using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TrafficCore.Host.Telemetry;

/// <summary>Sends metrics of all meters and traces to an OpenTelemetry collector. Off without an address.</summary>
internal static class OpenTelemetryExport
{
    /// <summary>Starts the export; dispose it to flush and end.</summary>
    public static OpenTelemetrySdk Start(Uri endpoint, string version) => OpenTelemetrySdk.Create(builder => builder
        .ConfigureResource(resource => resource.AddService("trafficcore", serviceVersion: version))
        .WithMetrics(metrics => metrics.AddMeter("TrafficCore.*", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"))
        .WithTracing(tracing => tracing.AddSource("TrafficCore.*", "Microsoft.AspNetCore"))
        .UseOtlpExporter(OtlpExportProtocol.HttpProtobuf, endpoint));
}
