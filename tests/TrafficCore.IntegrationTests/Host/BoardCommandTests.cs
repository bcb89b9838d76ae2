using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary>Operators' messages by HTTP, and devices that answer them over MQTT in every way there is.</summary>
public sealed class BoardCommandTests : IAsyncLifetime
{
    private const string Network = """
        { "city": "test", "intersections": [ { "id": "int-1", "approaches": [ { "id": "n", "detectors": [ { "id": "d-1", "functions": ["count"], "interval": 1000 } ] } ],
          "boards": [ { "id": "b-1", "lines": 2, "characters": 12, "pages": 2, "colors": ["amber"] } ] } ] }
        """;

    private const string Board = "api/v1/boards/int-1/b-1";
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(40);

    private RunningService service = null!;

    public async ValueTask InitializeAsync()
    {
        service = await RunningService.StartWithNetworkAsync(Network, "--Boards:ConfirmWithin=3s", "--Boards:ResendAfter=1s");
        await Eventually.ReachesAsync(async () => (await service.GetAsync("api/v1/boards")).GetArrayLength() == 1 ? null : "no board", Deadline);
    }

    public ValueTask DisposeAsync() => service.DisposeAsync();

    [Fact]
    public async Task Put_Message_IsShownWithItsAuthorSurvivesARestartAndEnds()
    {
        await using (var device = await BoardDeviceDouble.ConnectAsync(service, "int-1", "b-1"))
        {
            var answer = await PutAsync("""{"text":["BRIDGE CLOSED|CLOSED","USE RING 3"],"duration":"30m","author":"li","note":"ice"}""");
            Assert.Equal("[jp3][jl3]CLOSED[nl]USE RING 3", answer.GetProperty("multi").GetString());
            Assert.Equal((11, "manual", "li", true), (answer.GetProperty("priority").GetInt32(), answer.GetProperty("reason").GetProperty("rule").GetString(), answer.GetProperty("manual").GetProperty("author").GetString(), answer.GetProperty("manual").GetProperty("shown").GetBoolean()));
            await DeliveryAsync("confirmed");
        }

        var before = await service.GetAsync(Board);
        await service.RestartAsync();
        await Eventually.ReachesAsync(async () => (await service.GetAsync("api/v1/boards")).GetArrayLength() == 1 ? null : "no board", Deadline);
        var after = await service.GetAsync(Board);
        Assert.Equal(before.GetProperty("messageId").GetString(), after.GetProperty("messageId").GetString());
        Assert.Equal(before.GetProperty("since").GetString(), after.GetProperty("since").GetString());

        for (var i = 0; i < 2; i++)
        {
            using var deleted = await service.Http.DeleteAsync(new Uri($"{Board}/message?author=wang", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, deleted.StatusCode);
        }

        await Eventually.ReachesAsync(
            async () =>
            {
                var log = (await service.GetAsync($"{Board}/messages")).EnumerateArray().Select(m => (m.GetProperty("state").GetString(), m.GetProperty("author").GetString(), m.GetProperty("reason").GetProperty("because").GetProperty("event").GetString())).ToList();
                return log.SequenceEqual([("commanded", "li", "manual"), ("blanked", "wang", "ended")]) ? null : string.Join(", ", log);
            },
            Deadline);
    }

    [Fact]
    public async Task Put_Expiry_EndsTheMessageByTheClock()
    {
        await PutAsync("""{"multi":"[jp3]NOW","duration":"2s"}""");
        await Eventually.ReachesAsync(async () => (await service.GetAsync(Board)).GetProperty("multi").GetString()!.Length == 0 ? null : "still shown", Deadline);
        var because = (await service.GetAsync(Board)).GetProperty("reason").GetProperty("because");
        Assert.Equal(("expired", "clock"), (because.GetProperty("event").GetString(), because.GetProperty("decidedBy").GetString()));
    }

    [Theory]
    [InlineData("""{"multi":"A","text":["B"]}""", "multi")]
    [InlineData("{}", "multi")]
    [InlineData("""{"multi":"[xx]A"}""", "multi")]
    [InlineData("""{"multi":"THIRTEEN CELL"}""", "multi")]
    [InlineData("""{"multi":"[cf3]A"}""", "multi")]
    [InlineData("""{"multi":"[jp3]"}""", "multi")]
    [InlineData("""{"text":["A LINE THAT IS TOO LONG"]}""", "text")]
    [InlineData("""{"text":"A"}""", "text")]
    [InlineData("""{"multi":"A","priority":0}""", "priority")]
    [InlineData("""{"multi":"A","priority":"high"}""", "priority")]
    [InlineData("""{"multi":"A","expires":"2001-01-01T00:00:00Z"}""", "expires")]
    [InlineData("""{"multi":"A","duration":"forever"}""", "duration")]
    [InlineData("""{"multi":"A","duration":"1h","expires":"2099-01-01T00:00:00Z"}""", "duration")]
    [InlineData("""{"multi":"A","author":"a\u0000b"}""", "author")]
    [InlineData("""{"multi":"A","prioritty":5}""", "prioritty")]
    [InlineData("[]", "body")]
    [InlineData("""{"multi":"\ud800"}""", "body")]
    [InlineData("""{"\ud800":"A"}""", "body")]
    public async Task Put_WrongField_Is400AndNamesIt(string body, string field)
    {
        using var answer = await SendAsync("int-1/b-1", body);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _), await answer.Content.ReadAsStringAsync());
        Assert.Equal("", (await service.GetAsync(Board)).GetProperty("multi").GetString());
    }

    [Fact]
    public async Task Put_BrokenJsonOrUnknownBoard_Are400And404()
    {
        using var broken = await SendAsync("int-1/b-1", "{");
        Assert.Equal(HttpStatusCode.BadRequest, broken.StatusCode);
        using var unknown = await SendAsync("int-1/b-9", """{"multi":"A"}""");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        using var deleted = await service.Http.DeleteAsync(new Uri("api/v1/boards/int-1/b-9/message", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, deleted.StatusCode);
        using var history = await service.Http.GetAsync(new Uri("api/v1/boards/int-1/b-9/messages", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, history.StatusCode);
        using var state = await service.Http.GetAsync(new Uri("api/v1/boards?state=ill", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, state.StatusCode);
    }

    [Fact]
    public async Task Device_Rejects_IsListedAndNotAskedAgain()
    {
        await using var device = await BoardDeviceDouble.ConnectAsync(service, "int-1", "b-1");
        device.Answer = (id, multi) => multi.Length == 0 ? BoardDeviceDouble.Status(id, "blank") : BoardDeviceDouble.Status(id, "rejected", error: "no such font");
        var id = (await PutAsync("""{"multi":"A"}""")).GetProperty("messageId").GetString()!;
        await DeliveryAsync("rejected");
        var listed = Assert.Single((await service.GetAsync("api/v1/boards?state=rejected")).EnumerateArray());
        Assert.Equal("no such font", listed.GetProperty("status").GetProperty("error").GetString());
        Assert.Empty((await service.GetAsync("api/v1/boards?state=failed")).EnumerateArray());
        Assert.Contains("trafficcore_boards_delivery{state=\"rejected\"} 1", await service.Http.GetStringAsync(new Uri("metrics", UriKind.Relative)), StringComparison.Ordinal);

        // The service looks once a second: a rejected message is not among what it sends again.
        var asked = device.Received.Count(r => r == id);
        await PutAsync("""{"multi":"B"}""");
        await Eventually.ReachesAsync(() => Task.FromResult(device.Received[^1] != id ? null : "still the first"), Deadline);
        Assert.Equal(asked, device.Received.Count(r => r == id));
    }

    [Fact]
    public async Task Device_Fails_IsAskedAgainUntilItShowsTheMessage()
    {
        await using var device = await BoardDeviceDouble.ConnectAsync(service, "int-1", "b-1");
        var attempts = 0;
        device.Answer = (id, multi) => multi.Length > 0 && ++attempts < 3 ? BoardDeviceDouble.Status(id, "failed", error: "lamp 7") : BoardDeviceDouble.Status(id, "shown", multi);
        var id = (await PutAsync("""{"multi":"A"}""")).GetProperty("messageId").GetString()!;
        await DeliveryAsync("confirmed");
        Assert.InRange(device.Received.Count(r => r == id), 3, 9);
        Assert.InRange((await service.GetAsync(Board)).GetProperty("resends").GetInt32(), 2, 9);
    }

    [Theory]
    [InlineData("other", "shown", "[jp3]OLD", "mismatch")]
    [InlineData(null, "shown", "[jp3]WRONG", "mismatch")]
    public async Task Device_ShowsSomethingElse_IsAMismatch(string? id, string state, string multi, string delivery)
    {
        await using var device = await BoardDeviceDouble.ConnectAsync(service, "int-1", "b-1");
        device.Answer = (own, shown) => shown.Length == 0 ? null : BoardDeviceDouble.Status(id ?? own, state, multi);
        await PutAsync("""{"multi":"A"}""");
        await DeliveryAsync(delivery);
        Assert.Equal(multi, (await service.GetAsync(Board)).GetProperty("status").GetProperty("multi").GetString());
    }

    [Fact]
    public async Task Device_SaysNothing_IsUnconfirmed()
    {
        await using var device = await BoardDeviceDouble.ConnectAsync(service, "int-1", "b-1");

        // What it said before the message is no contradiction; what it says of something else behind it would be.
        await DeliveryAsync("confirmed");
        device.Answer = static (_, _) => null;
        var id = (await PutAsync("""{"multi":"A"}""")).GetProperty("messageId").GetString()!;
        await DeliveryAsync("unconfirmed");
        await Eventually.ReachesAsync(() => Task.FromResult(device.Received.Count(r => r == id) > 1 ? null : "not sent again"), Deadline);
    }

    [Fact]
    public async Task Device_GoesOfflineAndComesBack_GetsTheMessageAtOnce()
    {
        await using (await BoardDeviceDouble.ConnectAsync(service, "int-1", "b-1"))
        {
            await PutAsync("""{"multi":"A"}""");
            await DeliveryAsync("confirmed");
        }

        await DeliveryAsync("offline");
        Assert.False((await service.GetAsync(Board)).GetProperty("online").GetBoolean());
        var id = (await PutAsync("""{"multi":"B"}""")).GetProperty("messageId").GetString()!;
        await using var back = await BoardDeviceDouble.ConnectAsync(service, "int-1", "b-1");
        await DeliveryAsync("confirmed");
        Assert.Contains(id, back.Received);
    }

    [Fact]
    public async Task OpenApi_Boards_AreDescribed()
    {
        var paths = (await service.GetAsync("openapi/v1.json")).GetProperty("paths");
        var message = paths.GetProperty("/api/v1/boards/{intersection}/{board}/message");
        Assert.True(message.GetProperty("put").GetProperty("requestBody").GetProperty("content").TryGetProperty("application/json", out _));
        Assert.True(message.TryGetProperty("delete", out _));
        Assert.True(paths.TryGetProperty("/api/v1/boards/{intersection}/{board}/messages", out _));
    }

    [Fact]
    public async Task RulesFile_Changes_AppliesLiveAndRefusesNonsense()
    {
        const string Rules = """{"shape":1,"rules":[{"name":"a","steps":[{"name":"x","when":{"occupancy":{"enter":40,"exit":30}},"text":["X"]}]}]}""";
        using var directory = new TemporaryDirectory();
        var file = directory["rules.json"];
        await File.WriteAllTextAsync(file, Rules);
        await using var own = await RunningService.StartWithNetworkAsync(Network, $"--Boards:RulesFile={file}");
        Assert.Empty((await own.GetAsync("health/ready")).GetProperty("reasons").EnumerateArray());
        await File.WriteAllTextAsync(file, Rules.Replace("\"exit\":30", "\"exit\":50", StringComparison.Ordinal));
        await Eventually.ReachesAsync(
            async () => (await own.GetAsync("health/ready")).GetProperty("reasons").EnumerateArray().Any(r => r.GetString()!.Contains("Rules:0:Steps:0:When:Occupancy:Exit", StringComparison.Ordinal)) ? null : "not refused", Deadline);
        await File.WriteAllTextAsync(file, Rules.Replace("\"a\"", "\"b\"", StringComparison.Ordinal));
        await Eventually.ReachesAsync(async () => (await own.GetAsync("health/ready")).GetProperty("reasons").GetArrayLength() == 0 ? null : "still refused", Deadline);

        var (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", "check", $"--Boards:RulesFile={file}");
        Assert.True(exitCode == 0, output);
        await File.WriteAllTextAsync(file, "{");
        (exitCode, output) = await ServiceProcess.RunAsync("trafficcore.dll", "check", $"--Boards:RulesFile={file}");
        Assert.Equal(2, exitCode);
        Assert.Contains("Boards:RulesFile", output, StringComparison.Ordinal);
    }

    private async Task<JsonElement> PutAsync(string body)
    {
        using var answer = await SendAsync("int-1/b-1", body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private async Task<HttpResponseMessage> SendAsync(string board, string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        return await service.Http.PutAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"api/v1/boards/{board}/message"), UriKind.Relative), content);
    }

    private Task DeliveryAsync(string expected) => Eventually.ReachesAsync(
        async () => (await service.GetAsync(Board)).GetProperty("delivery").GetString() is var delivery && delivery == expected ? null : delivery, Deadline);
}
