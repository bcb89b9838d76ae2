using System.CommandLine;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.Host.Api;
using TrafficCore.Host.Security.Accounts;

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
        var key = new Option<string>("--key-file") { Description = "File with an API key of scope operate, where the service has accounts; other programs could read it from the command line" };
        var command = new Command("requeue", "Has the running service feed rejected payloads back after a fix, each at most once") { http, from, to, reason, key };
        command.SetAction((parsed, cancellation) =>
        {
            var query = new Dictionary<string, string?> { ["from"] = parsed.GetValue(from), ["to"] = parsed.GetValue(to), ["reason"] = parsed.GetValue(reason) };
            return RunAsync(context, parsed.GetValue(http), parsed.GetValue(key), QueryString.Create(query.Where(p => p.Value is not null)), cancellation);
        });
        return command;
    }

    private static async Task<int> RunAsync(CliContext context, string? address, string? keyFile, QueryString query, CancellationToken cancellation)
    {
        if (context.ReadSettings() is not { } settings || !TryReadKey(context, keyFile, out var key))
        {
            return ExitCodes.Usage;
        }

        if (!Uri.TryCreate(address ?? $"http://127.0.0.1:{settings.Http.Port}", UriKind.Absolute, out var service) || service.Scheme is not ("http" or "https"))
        {
            await context.Error.WriteLineAsync($"--http: \"{address}\" is not an absolute URL of http or https");
            return ExitCodes.Usage;
        }

        // A month of quarantine takes its time; whoever is tired of waiting presses Ctrl+C, which stops the run as well.
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
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
    private static bool TryReadKey(CliContext context, string? path, out string? key)
    {
        key = null;
        if (path is null)
        {
            return true;
        }

        try
        {
            key = File.ReadAllText(path).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"--key-file: {error.Message}");
            return false;
        }

        if (ApiKey.TrySplit(key, out _, out _) && !key.Any(char.IsControl))
        {
            return true;
        }

        context.Error.WriteLine($"--key-file: {path} holds no API key");
        return false;
    }
}
