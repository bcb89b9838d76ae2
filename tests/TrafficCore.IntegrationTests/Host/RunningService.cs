using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using TrafficCore.Host;
using TrafficCore.Host.Configuration;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>The service in this process, on real sockets and a directory of its own.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly string[] overrides;
    private TrafficCoreService? service;
    private HttpClient? http;

    private RunningService(string[] overrides) => this.overrides = overrides;

    public string DataDirectory => directory["data"];

    public string this[string file] => directory[file];

    public HttpClient Http => http!;

    public TrafficCoreService Service => service!;

    public static async Task<RunningService> StartAsync(params string[] overrides)
    {
        var running = new RunningService(overrides);
        await running.OpenAsync();
        return running;
    }

    /// <summary>A service whose network file is written before it starts.</summary>
    public static async Task<RunningService> StartWithNetworkAsync(string network, params string[] overrides)
    {
        var running = new RunningService(overrides);
        await File.WriteAllTextAsync(running["network.json"], network);
        await running.OpenAsync();
        return running;
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await OpenAsync();
    }

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path);

    /// <summary>Rows of a flow question; none while the series is unknown.</summary>
    public async Task<IReadOnlyList<JsonElement>> RowsAsync(string path)
    {
        using var answer = await Http.GetAsync(new Uri($"api/v1/intersections/{path}", UriKind.Relative));
        return answer.IsSuccessStatusCode
            ? [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("rows").EnumerateArray()]
            : [];
    }

    public Task<MqttClient> ConnectAsync(string clientId) =>
        MqttClient.ConnectAsync(new MqttClientOptions { Host = "127.0.0.1", Port = Service.Mqtt.Port, ClientId = clientId });

    public async Task<ReasonCode> PublishAsync(string topic, string payload)
    {
        await using var client = await ConnectAsync("test-" + Guid.NewGuid().ToString("N"));
        var answer = await client.PublishAsync(new MqttPublication(topic, System.Text.Encoding.UTF8.GetBytes(payload)));
        await client.DisconnectAsync();
        return answer;
    }

    /// <summary>Publishes at QoS 1 with Debian's client; a foreign implementation.</summary>
    public async Task MosquittoPubAsync(string topic, string payload)
    {
        var program = RequiredTools.Find("mosquitto_pub");
        Assert.SkipWhen(program is null, "mosquitto_pub is not installed (Debian package mosquitto-clients)");
        var port = Service.Mqtt.Port.ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(program!, ["-h", "127.0.0.1", "-p", port, "-q", "1", "-t", topic, "-m", payload]);
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        directory.Dispose();
    }

    private async Task OpenAsync()
    {
        string[] network = File.Exists(this["network.json"]) ? [$"--Network:File={this["network.json"]}"] : [];
        var (settings, errors) = ServiceSettings.Read([$"--Data:Directory={DataDirectory}", "--Mqtt:Port=0", "--Http:Port=0", .. network, .. overrides]);
        Assert.Empty(errors);
        service = await TrafficCoreService.StartAsync(settings!, TimeProvider.System, logging => logging.ClearProviders());
        http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{service.Http.Port}/"), Timeout = TimeSpan.FromSeconds(20) };
    }

    /// <summary>Stops it; <see cref="RestartAsync"/> starts it again.</summary>
    public async Task StopAsync()
    {
        http?.Dispose();
        if (service is { } running)
        {
            service = null;
            await running.DisposeAsync();
        }
    }
}
