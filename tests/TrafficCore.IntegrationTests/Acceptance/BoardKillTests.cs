using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Acceptance;

/// <summary>An operator's message that was answered is there after SIGKILL, and one that was ended stays ended.</summary>
public sealed class BoardKillTests
{
    private const string Board = "api/v1/boards/int-1/b-1";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task ManualMessage_SigkillRightAfterTheAnswer_StandsUnderItsId()
    {
        using var data = new TemporaryDirectory();
        await File.WriteAllTextAsync(data["network.json"], RushHour.Network);
        string[] arguments = [$"--Network:File={data["network.json"]}"];
        var service = await ServiceProcess.StartAsync(data["data"], arguments);
        try
        {
            for (var round = 0; round < 3; round++)
            {
                var put = await CommandAsync(service, http => http.PutAsJsonAsync($"{Board}/message", new { text = new[] { $"CLOSED {round}" }, duration = "2h", author = "li" }));
                service = await KillAsync(service, data["data"], arguments);
                var after = await BoardAsync(service);
                Assert.Equal((put.GetProperty("messageId").GetString(), put.GetProperty("multi").GetString(), "li"), (after.GetProperty("messageId").GetString(), after.GetProperty("multi").GetString(), after.GetProperty("manual").GetProperty("author").GetString()));
                Assert.Equal(put.GetProperty("messageId").GetString(), await RetainedMessage.IdAsync(service, "int-1", "b-1"));
            }

            var ended = await CommandAsync(service, http => http.DeleteAsync(new Uri($"{Board}/message", UriKind.Relative)));
            service = await KillAsync(service, data["data"], arguments);
            var blank = await BoardAsync(service);
            Assert.Equal((ended.GetProperty("messageId").GetString(), ""), (blank.GetProperty("messageId").GetString(), blank.GetProperty("multi").GetString()));
            Assert.Equal(0, await service.TerminateAsync());
        }
        finally
        {
            await service.DisposeAsync();
        }

        // Three messages and one end, whatever was written twice around the kills.
        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", "export", "boards", $"--Data:Directory={data["data"]}");
        Assert.True(exitCode == 0, output);
        Assert.Equal(["commanded", "commanded", "commanded", "blanked"], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => l.Split(',')[3]));
    }

    private static async Task<ServiceProcess> KillAsync(ServiceProcess service, string directory, string[] arguments)
    {
        await service.KillAsync();
        await service.DisposeAsync();
        return await ServiceProcess.StartAsync(directory, arguments);
    }

    private static async Task<JsonElement> CommandAsync(ServiceProcess service, Func<HttpClient, Task<HttpResponseMessage>> send)
    {
        _ = await BoardAsync(service);
        using var http = new HttpClient { BaseAddress = service.Http, Timeout = Deadline };
        using var answer = await send(http);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The board, once the service knows its network.</summary>
    private static async Task<JsonElement> BoardAsync(ServiceProcess service)
    {
        using var api = new ServiceApi(service.Http);
        await Eventually.ReachesAsync(async () => (await api.GetAsync("api/v1/boards")).GetArrayLength() == 3 ? null : "no boards", Deadline);
        return await api.GetAsync(Board);
    }
}
