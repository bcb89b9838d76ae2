using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TrafficCore.Host.Api;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Health;
using TrafficCore.Host.Live;
using TrafficCore.Host.Security.Audit;
using TrafficCore.Host.Security.Http;
using TrafficCore.Host.Telemetry;
using TrafficCore.Host.Web;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Storage.Sqlite;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace TrafficCore.Host.Composition;

/// <summary>Builds the HTTP side: endpoints, problem details, OpenAPI.</summary>
internal static partial class HttpService
{
    // An operator's message is a few hundred bytes; whatever else comes as a body is not read for long.
    private const long MaxRequestBytes = 64 * 1024;

    public static WebApplication Build(HttpSettings settings, ServicePlatform platform, Action<IServiceCollection> rooms, Action<ListenOptions> bound)
    {
        // The empty builder reads no configuration files of its own and watches none.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "trafficcore" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = settings.MaxConnections;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBytes;
            settings.Listen.Listen(kestrel, listen =>
            {
                bound(listen);
                listen.Use(next => connection => listen.ApplicationServices.GetRequiredService<HttpConnections>().RunAsync(connection, next));
            });
        });
        var services = builder.Services;
        services.AddSingleton(platform.Loggers);
        services.AddSingleton<IMeterFactory>(platform.Meters);
        services.AddSingleton<IHostLifetime, NoSignals>();
        services.AddSingleton(provider => new HttpConnections(settings, provider.GetRequiredService<TimeProvider>(), platform.Meters)); // made, and so disposed, by the container
        services.AddRouting();
        services.AddHostFiltering(_ => { });
        services.AddProblemDetails();
        services.AddOpenApi(options => options.AddDocumentTransformer((document, _, _) =>
        {
            (document.Info.Title, document.Info.Version) = ("TrafficCore", TrafficCoreService.Version);
            return Task.CompletedTask;
        }));
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        rooms(services);
        var app = builder.Build();
        app.UseRequestTraces();
        app.UseSecurityHeaders();
        app.UseHostFiltering();
        app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandler = context => HandleAsync(context, platform), SuppressDiagnosticsCallback = _ => true });
        app.UseStatusCodePages();
        app.UseWebSockets();
        app.UseRouting();
        app.UseHttpSecurity();
        var api = app.MapGroup("").AddEndpointFilterFactory(StrictQuery.Create);
        api.MapFlow();
        api.MapIntersection();
        api.MapObservations();
        api.MapCity();
        api.MapBoards();
        api.MapQuarantine();
        api.MapLedger();
        api.MapRequeue();
        api.MapLive();
        api.MapSinks();
        api.MapClocks();
        api.MapSession();
        api.MapAudit();
        app.MapHealth();
        app.MapMqtt().AllowAnonymous(); // MQTT asks for the account itself
        app.MapOpenApi();
        if (settings.Page)
        {
            app.MapWebPage();
        }

        return app;
    }

    private static async Task HandleAsync(HttpContext context, ServicePlatform platform)
    {
        var error = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var result = error switch
        {
            BadHttpRequestException bad => Bad(bad),
            SqliteStoreException => Problems.Unavailable("a database file is damaged and is being rebuilt"),
            OperationCanceledException when context.RequestAborted.IsCancellationRequested => TypedResults.StatusCode(StatusCodes.Status499ClientClosedRequest),
            _ => null,
        };
        if (result is null)
        {
            HostLog.RequestFailed(platform.Logger<TrafficCoreService>(), error ?? new InvalidOperationException("no error"));
            result = TypedResults.Problem(title: "The request failed.", statusCode: StatusCodes.Status500InternalServerError);
        }

        await result.ExecuteAsync(context);
    }

    // The framework's message is: Failed to bind parameter "int? limit" from "x".
    private static IResult Bad(BadHttpRequestException error) => Parameter().Match(error.Message) is { Success: true } match
        ? Problems.Parameter(match.Groups[1].Value, $"\"{match.Groups[2].Value}\" is not valid here")
        : TypedResults.Problem(detail: error.Message, statusCode: error.StatusCode);

    [GeneratedRegex("parameter \"[^\"]*?([A-Za-z]+)\" from \"(.*)\"")]
    private static partial Regex Parameter();

    // Signals belong to the command that runs the service: a host inside another program must not react to them.
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
