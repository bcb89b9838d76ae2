using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>A flood of bad packets is not a flood of log lines, and nothing is left out without a count.</summary>
public sealed class TroubleLogTests : IDisposable
{
    private const int Flood = 1000;

    private readonly ManualTime _time = new();
    private readonly CollectedLog _log = new();
    private readonly TroubleLog _troubles;

    public TroubleLogTests() => _troubles = new TroubleLog(_log, _time);

    public void Dispose() => _log.Dispose();

    [Fact]
    public void Flood_OfOneKind_IsAFewLinesAndACount()
    {
        Refuse(Flood);
        Assert.Equal(TroubleLog.Lines, _log.Lines.Count);
        Assert.Equal("1002 c from (null) was refused: 0x97 No room", _log.Lines[0]);

        _time.Advance(TroubleLog.Stretch);
        _troubles.TellLeftOut();
        Assert.Equal($"1009 {Flood - TroubleLog.Lines} more refused connections (0x97) were not logged one by one", _log.Lines[^1]);
        var told = _log.Lines.Count;
        _time.Advance(TroubleLog.Stretch);
        _troubles.TellLeftOut();
        Assert.Equal(told, _log.Lines.Count);
    }

    [Fact]
    public void Flood_ThatGoesOn_LosesNoCountBetweenStretches()
    {
        long logged = 0;
        for (var second = 0; second < 60; second++)
        {
            Refuse(Flood);
            _time.Advance(TimeSpan.FromSeconds(1));
            Refuse(1); // before the monitor looks: the next stretch has begun already
            _troubles.TellLeftOut();
        }

        _troubles.TellLeftOut(all: true);
        logged = _log.Lines.Count(line => line.StartsWith("1002 ", StringComparison.Ordinal));
        Assert.InRange(logged, 60, 7 * TroubleLog.Lines);
        Assert.Equal(60 * (Flood + 1), logged + LeftOut());
        Assert.InRange(_log.Lines.Count(line => line.StartsWith("1009 ", StringComparison.Ordinal)), 5, 7);
    }

    [Fact]
    public void Flood_OfOneKind_DoesNotHideAnother()
    {
        Refuse(Flood);
        _troubles.Refused(null, "other", ReasonCode.BadUserNameOrPassword, "The account is not accepted");
        _troubles.PublishDenied(new ClientIdentity("other", null, MqttVersion.V5, null), "t"u8);

        Assert.Contains("1002 other from (null) was refused: 0x86 The account is not accepted", _log.Lines);
        Assert.Contains("1006 other may not publish to t", _log.Lines);
    }

    [Fact]
    public void Trouble_OnceASecond_IsLoggedEachTime()
    {
        for (var second = 0; second < 60; second++)
        {
            Refuse(1);
            _time.Advance(TimeSpan.FromSeconds(1));
            _troubles.TellLeftOut();
        }

        Assert.Equal(60, _log.Lines.Count);
    }

    [Fact]
    public async Task Connect_Refused_SaysWhoAndWhy()
    {
        await using var piped = new PipedBroker(_time, new BrokerOptions { MaxClientIdLength = 23 }, _log.Loggers);
        MqttEncoder.Connect(piped.Input, new ConnectPacket { Version = MqttVersion.V311, ClientId = "a-name-of-more-than-23-characters"u8, CleanStart = true });
        await piped.Input.FlushAsync();

        var line = Assert.Single(_log.Lines, line => line.StartsWith("1002 ", StringComparison.Ordinal));
        Assert.StartsWith("1002 a-name-of-more-than-23-characters from ", line, StringComparison.Ordinal);
        Assert.EndsWith("was refused: 0x85 The client id is too long, or empty without clean session", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Connect_IdOfFifteenThousandBytes_StillSaysWhy()
    {
        await using var piped = new PipedBroker(_time, loggers: _log.Loggers);
        MqttEncoder.Connect(piped.Input, new ConnectPacket { Version = MqttVersion.V311, ClientId = Enumerable.Repeat((byte)'x', 15_000).ToArray(), CleanStart = true });
        await piped.Input.FlushAsync();

        var line = Assert.Single(_log.Lines, line => line.StartsWith("1002 x", StringComparison.Ordinal));
        Assert.StartsWith("1002 " + new string('x', TroubleLog.MaxShown) + "... from ", line, StringComparison.Ordinal);
        Assert.EndsWith("The client id is too long, or empty without clean session", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Broker_StopsInAFlood_TellsWhatWasLeftOut()
    {
        await using var piped = new PipedBroker(_time, loggers: _log.Loggers);
        await piped.ConnectAsync(MqttVersion.V5);
        for (ushort i = 1; i <= 50; i++)
        {
            MqttEncoder.Publish(piped.Input, MqttVersion.V5, "$SYS/x"u8, "x"u8, QualityOfService.AtLeastOnce, i);
        }

        await piped.Input.FlushAsync();
        await piped.Broker.StopAsync(CancellationToken.None);
        Assert.Contains("1009 40 more denied publishes (0x87) were not logged one by one", _log.Lines);
    }

    private void Refuse(int times)
    {
        for (var i = 0; i < times; i++)
        {
            _troubles.Refused(null, "c", ReasonCode.QuotaExceeded, "No room");
        }
    }

    private long LeftOut() => _log.Lines.Where(line => line.StartsWith("1009 ", StringComparison.Ordinal)).Sum(line => long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture));
}
