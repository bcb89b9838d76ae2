using TrafficCore.Simulators.Cli;

namespace TrafficCore.Tests.Simulators;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("mqtt://10.0.0.7", "10.0.0.7", 1883, null, null)]
    [InlineData("mqtt://box.example:21883/", "box.example", 21883, null, null)]
    [InlineData("mqtt://me:p%40ss%3Aword@[::1]:1884", "::1", 1884, "me", "p@ss:word")]
    [InlineData("mqtt://me@box", "box", 1883, "me", null)]
    public void BrokerAddress_Valid_IsRead(string text, string host, int port, string? user, string? password) =>
        Assert.Equal(new BrokerAddress(host, port, user, password), BrokerAddress.Parse(text));

    [Theory]
    [InlineData("box:1883")]
    [InlineData("http://box")]
    [InlineData("mqtt://")]
    [InlineData("mqtt://box:99999")]
    [InlineData("mqtt://box/topic")]
    [InlineData("amqp://box")]
    public void BrokerAddress_Invalid_IsRefused(string text) => Assert.Throws<UsageException>(() => BrokerAddress.Parse(text));

    [Theory]
    [InlineData("mqtts://box", 8883, true, null)]
    [InlineData("wss://box:99/x", 99, true, "/x")]
    public void BrokerAddress_OtherTransports_ReachTheClient(string text, int port, bool tls, string? path)
    {
        var options = BrokerAddress.Parse(text).Options("c");
        Assert.Equal((port, tls, path), (options.Port, options.Tls is not null, options.WebSocketPath));
    }

    [Fact]
    public void BrokerAddress_Text_HidesThePassword() =>
        Assert.Equal("mqtt://me@box:1883", BrokerAddress.Parse("mqtt://me:secret@box").ToString());

    [Theory]
    [InlineData("500ms", 0.5)]
    [InlineData("10s", 10)]
    [InlineData("1.5m", 90)]
    [InlineData("1h", 3600)]
    [InlineData("7", 7)]
    public void Time_Valid_IsRead(string text, double seconds) => Assert.Equal(seconds, SharedOptions.ParseTime(text).TotalSeconds);

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("soon")]
    public void Time_Invalid_IsRefused(string text) => Assert.Throws<UsageException>(() => SharedOptions.ParseTime(text));

    [Theory]
    [InlineData("demo")]
    [InlineData("city")]
    [InlineData("score")]
    [InlineData("load")]
    [InlineData("replay")]
    [InlineData("verify-device")]
    public async Task Help_AnyCommand_TellsEachDefaultOnceAndAsOneWritesIt(string command)
    {
        using var output = new StringWriter();
        Assert.Equal(ExitCode.Done, await SimulatorCommandLine.RunAsync([command, "--help"], output, TextWriter.Null, TestContext.Current.CancellationToken));
        Assert.All(output.ToString().Split('\n'), static line =>
        {
            Assert.InRange(line.Split("[default: ").Length, 1, 2);
            Assert.DoesNotMatch(@"\[default: [0-9.]*\d\d:\d\d:\d\d\]", line);
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("fly")]
    [InlineData("load --rate fast")]
    [InlineData("load --qos 3")]
    [InlineData("load --ramp 10")]
    [InlineData("load --ramp a:b")]
    [InlineData("load --burst 0:1s")]
    [InlineData("load --storm 1s:2:3")]
    [InlineData("load --events 1.5")]
    [InlineData("load --events 0.6 --parking 0.6")]
    [InlineData("load --topic lane")]
    [InlineData("load --verify-windows")]
    [InlineData("load --ledger devices")]
    [InlineData("load --late-by 7d")]
    [InlineData("load --late-by 160h")]
    [InlineData("load --prefix a/b")]
    [InlineData("load --connections 20 --intersections 1")]
    [InlineData("load --cafile ca.pem")]
    [InlineData("load --insecure")]
    [InlineData("load --broker mqtts://box --cafile no-such-file.pem")]
    [InlineData("load --broker mqtts://box --key key.pem")]
    [InlineData("load merge")]
    [InlineData("verify-device --checks levitation")]
    [InlineData("verify-device --device tram")]
    [InlineData("verify-device --address nowhere")]
    [InlineData("verify-device --tls-key key.pem")]
    [InlineData("verify-device --tls-cert no-such-file.pem")]
    [InlineData("load merge no-such-file.json")]
    [InlineData("load --count 0")]
    [InlineData("load --http ftp://box")]
    [InlineData("load --broker box:1883")]
    [InlineData("replay file.csv")]
    [InlineData("replay --format indiana")]
    [InlineData("replay no-such-file.csv --format scats")]
    [InlineData("replay file.csv --format 1")]
    [InlineData("replay file.csv --format Indiana")]
    [InlineData("replay file.csv --format indiana --speed 0")]
    [InlineData("replay file.csv --format indiana --time-zone Mars")]
    [InlineData("replay no-such-file.csv --format indiana")]
    [InlineData("city --intersections 0")]
    [InlineData("city --qos 2")]
    [InlineData("city --interval soon")]
    [InlineData("city --start-time-of-day 25:00")]
    [InlineData("city --signals manual")]
    [InlineData("city --classes car=50")]
    [InlineData("city --classes tram=100")]
    [InlineData("city --speed 0")]
    [InlineData("city --speed 10")]
    [InlineData("city --start yesterday")]
    [InlineData("city --network no-such-file.json")]
    [InlineData("city --faults no-such-file.json --intersections 2")]
    [InlineData("city --interval 1500ms --intersections 2")]
    [InlineData("city --interval 300s --truth-window 60s --truth nowhere --check --intersections 2")]
    [InlineData("city --report events --event-batch 500ms --check --intersections 2")]
    [InlineData("city --intersections 3000 --connections per-device --check")]
    [InlineData("score")]
    [InlineData("score --truth no-such-directory")]
    [InlineData("score --truth no-such-directory --http ftp://box")]
    [InlineData("score --truth no-such-directory --congested free")]
    public async Task Program_WrongUsage_ExitsWithTwo(string line)
    {
        var (output, error) = (new StringWriter(), new StringWriter());

        var exit = await SimulatorCommandLine.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), output, error);

        Assert.Equal(ExitCode.Usage, exit);
        Assert.NotEmpty(error.ToString());
    }
}
