using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Console;
using TrafficCore.Host.Telemetry;

namespace TrafficCore.Host.Composition;

/// <summary>What every room is given: loggers and meters.</summary>
/// <remarks>Ownership: made first and disposed last by the service.</remarks>
internal sealed class ServicePlatform : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private ServicePlatform(ServiceProvider services)
    {
        this.services = services;
        Loggers = services.GetRequiredService<ILoggerFactory>();
        Meters = services.GetRequiredService<IMeterFactory>();
    }

    public ILoggerFactory Loggers { get; }

    public IMeterFactory Meters { get; }

    /// <summary>
    /// Completes socket operations on the thread that polls for them. Together with inline scheduling of the MQTT transport it saves
    /// a hop to the thread pool for every message, most of the cost at device rates. It is read at the first socket of the
    /// process and holds for all sockets, so code behind a socket must hop away before it blocks.
    /// </summary>
    public static void PrepareSockets() => Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");

    public static ServicePlatform Create(IConfiguration configuration, TimeProvider time, Action<ILoggingBuilder>? logging = null)
    {
        var services = new ServiceCollection();
        services.AddMetrics();
        services.AddLogging(builder =>
        {
            builder.SetMinimumLevel(LogLevel.Information);
            builder.AddFilter("Microsoft", LogLevel.Warning);

            // It logs a failed start with its stack; whoever starts the service is told by the exception.
            builder.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
            builder.AddConfiguration(configuration.GetSection("Logging"));
            (logging ?? (console => ToConsole(console, time)))(builder);
        });
        return new ServicePlatform(services.BuildServiceProvider());
    }

    public ILogger<T> Logger<T>() => Loggers.CreateLogger<T>();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    // Single lines on standard error: standard output carries what scripts parse. A full queue drops lines rather than block a loop.
    private static void ToConsole(ILoggingBuilder builder, TimeProvider time) => builder
        .AddConsole(options => options.FormatterName = LineFormatter.FormatterName)
        .Services.AddSingleton<ConsoleFormatter>(new LineFormatter(time))
        .Configure<ConsoleLoggerOptions>(options =>
        {
            options.LogToStandardErrorThreshold = LogLevel.Trace;
            options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
        });
}
