using System.Buffers;
using System.Net;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Broker;

public sealed class LimitTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly ManualTime _time = new();

    [Fact]
    public void Addresses_MoreThanAllowed_WaitUntilOneHasGone()
    {
        var limits = new AddressLimits(2, 0, _time);
        Assert.True(limits.TryEnter(Here));
        Assert.True(limits.TryEnter(Here.MapToIPv6()));
        Assert.False(limits.TryEnter(Here));
        Assert.True(limits.TryEnter(IPAddress.Parse("192.0.2.2")));
        limits.Leave(Here);
        Assert.True(limits.TryEnter(Here));
    }

    [Fact]
    public void Addresses_OfOneIPv6Network_CountTogether()
    {
        var limits = new AddressLimits(1, 0, _time);
        Assert.True(limits.TryEnter(IPAddress.Parse("2001:db8:0:1::1")));
        Assert.False(limits.TryEnter(IPAddress.Parse("2001:db8:0:1:ffff::2")));
        Assert.True(limits.TryEnter(IPAddress.Parse("2001:db8:0:2::1")));
    }

    [Fact]
    public void Addresses_OpeningFast_AreHeldToTheRate()
    {
        var limits = new AddressLimits(0, 5, _time);
        Assert.Equal(5, Enumerable.Range(0, 20).Count(_ => limits.TryEnter(Here)));
        _time.Advance(TimeSpan.FromSeconds(0.4));
        Assert.Equal(2, Enumerable.Range(0, 20).Count(_ => limits.TryEnter(Here)));
    }

    [Fact]
    public void Addresses_Gone_AreForgottenWhenTheirBurstIsBack()
    {
        var limits = new AddressLimits(10, 5, _time);
        for (var i = 0; i < 100; i++)
        {
            var address = new IPAddress([10, 0, 0, (byte)i]);
            Assert.True(limits.TryEnter(address));
            limits.Leave(address);
        }

        limits.Sweep();
        Assert.Equal(100, limits.Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        limits.Sweep();
        Assert.Equal(0, limits.Count);
    }

    [Fact]
    public void Allowance_Overdrawn_TellsHowLongToWait()
    {
        var allowance = new Allowance(100, _time.GetTimestamp());
        Assert.Equal(TimeSpan.Zero, allowance.Charge(100, _time));
        Assert.Equal(TimeSpan.FromSeconds(2), allowance.Charge(200, _time));
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, allowance.Charge(0, _time));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.FromSeconds(1), allowance.Charge(200, _time));
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(0, 400)]
    public async Task Publish_OverTheRate_IsTakenInLaterNotRefused(int packets, int bytes)
    {
        await using var piped = new PipedBroker(_time, new BrokerOptions { MaxPacketsPerSecond = packets, MaxBytesPerSecond = bytes });
        await piped.ConnectAsync(MqttVersion.V311);
        var burst = Publishes(30, 40); // 1,200 bytes
        await piped.SendAsync(burst);
        Assert.Equal(30, piped.Broker.Statistics.PublishesReceived);
        await piped.SendAsync(burst);
        Assert.Equal(30, piped.Broker.Statistics.PublishesReceived);
        Assert.Equal(1, piped.Broker.Metrics.Paces);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(30, piped.Broker.Statistics.PublishesReceived);
        _time.Advance(TimeSpan.FromSeconds(1.1));
        await Eventually(() => piped.Broker.Statistics.PublishesReceived == 60);

        // It owes for the second burst too, and ends when that is paid.
        await piped.Input.CompleteAsync();
        await Eventually(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            return piped.Running.IsCompleted;
        });
    }

    private static byte[] Publishes(int count, int size)
    {
        var output = new ArrayBufferWriter<byte>();
        for (var i = 0; i < count; i++)
        {
            MqttEncoder.Publish(output, MqttVersion.V311, "t"u8, new byte[size - 5], QualityOfService.AtMostOnce, 0);
        }

        Assert.Equal(count * size, output.WrittenCount);
        return output.WrittenSpan.ToArray();
    }

    private static Task Eventually(Func<bool> condition) =>
        TrafficCore.TestKit.Processes.Eventually.ReachesAsync(() => Task.FromResult(condition() ? null : "not yet"), TimeSpan.FromSeconds(20));
}
