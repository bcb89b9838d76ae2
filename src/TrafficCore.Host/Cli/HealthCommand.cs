using System.CommandLine;
using System.Net;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore health</c>: asks the service that runs here on this configuration whether it is ready. For container engines, whose images have no <c>curl</c>.</summary>
internal static class HealthCommand
{
    // Readiness is answered from memory: a service that takes longer is in trouble.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Create(CliContext context)
    {
        var command = new Command("health", "Asks the running service at Http:Address and Http:Port whether it is ready; exit code 1 when it is not");
        command.SetAction((_, cancellation) => RunAsync(context, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, CancellationToken cancellation)
    {
        if (context.ReadSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        if (settings.Http.Port == 0)
        {
            await context.Error.WriteLineAsync("Http:Port: is 0, any free port: which one the service has is not known here");
            return ExitCodes.Usage;
        }

        // Engines put the proxy of their machine into every container.
        using var direct = new SocketsHttpHandler { UseProxy = false };
        using var http = new HttpClient(direct) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(Question(settings.Http.Listen), cancellation);
            await context.Output.WriteLineAsync(await answer.Content.ReadAsStringAsync(cancellation));
            return answer.StatusCode == HttpStatusCode.OK ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            await context.Error.WriteLineAsync($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    // Who listens everywhere listens on the loopback too.
    private static Uri Question(ListenPoint listen) =>
        new UriBuilder(Uri.UriSchemeHttp, (IsEverywhere(listen.Address) ? IPAddress.Loopback : listen.Address!).ToString(), listen.Port, "health/ready").Uri;

    private static bool IsEverywhere(IPAddress? address) => address is null || address.Equals(IPAddress.Any);
}
