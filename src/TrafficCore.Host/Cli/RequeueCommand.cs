using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.Host.Api;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore requeue</c>: has a running service feed rejected payloads back.</summary>
internal static class RequeueCommand
{
    public static Command Create(CliContext context)
    {
        var http = new Option<string>("--http") { Description = "Address of the service; default http://127.0.0.1 and Http:Port" };
        var from = new Option<string>("--from") { Description = "First receive time: ISO 8601 with offset, or -15m", Required = true };
        var to = new Option<string>("--to") { Description = "End, exclusive; default now" };
        var reason = new Option<string>("--reason") { Description = "Only what was rejected for this reason, e.g. unknown-device" };
        var command = new Command("requeue", "Has the running service feed rejected payloads back after a fix, each at most once") { http, from, to, reason };
        command.SetAction((parsed, cancellation) =>
            RunAsync(context, parsed.GetValue(http), parsed.GetValue(from)!, parsed.GetValue(to), parsed.GetValue(reason), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string? address, string from, string? to, string? reason, CancellationToken cancellation)
    {
        if (context.ReadSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        if (!Uri.TryCreate(address ?? $"http://127.0.0.1:{settings.Http.Port}", UriKind.Absolute, out var service) || service.Scheme is not ("http" or "https"))
        {
            await context.Error.WriteLineAsync($"--http: \"{address}\" is not an absolute URL of http or https");
            return ExitCodes.Usage;
        }

        var query = QueryString.Create(new Dictionary<string, string?> { ["from"] = from, ["to"] = to, ["reason"] = reason }.Where(p => p.Value is not null)!);

        // A month of quarantine takes its time; whoever is tired of waiting presses Ctrl+C, which stops the run as well.
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        try
        {
            using var response = await client.PostAsync(new Uri(service, "/api/v1/quarantine/requeue" + query), null, cancellation);
            if (response.IsSuccessStatusCode)
            {
                var answer = await response.Content.ReadFromJsonAsync<RequeueAnswer>(JsonSerializerOptions.Web, cancellation);
                await context.Output.WriteLineAsync(FormattableString.Invariant($"requeued {answer!.Requeued}, refused again {answer.Refused}, requeued before {answer.Before}"));
                return ExitCodes.Done;
            }

            await context.Error.WriteLineAsync($"{service}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellation)}");
            return (int)response.StatusCode == StatusCodes.Status400BadRequest ? ExitCodes.Usage : ExitCodes.Failed;
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            await context.Error.WriteLineAsync($"{service}: {error.Message}. The service must be running: it alone writes its log.");
            return ExitCodes.Failed;
        }
    }
}
