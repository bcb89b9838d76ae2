using TrafficCore.Host.Ingress;

namespace TrafficCore.Tests.Ingress;

public sealed class UnknownNoticesTests
{
    [Fact]
    public void IsDue_SameTopic_OncePerIntervalWithEveryRejectionCounted()
    {
        var notices = new UnknownNotices(1_000);
        (bool, int)[] told = [.. new long[] { 5, 6, 1_004, 1_005 }.Select(at => (notices.IsDue("a"u8, at, out int count), count))];
        Assert.Equal([(true, 1), (false, 1), (false, 2), (true, 3)], told);
    }

    [Fact]
    public void IsDue_SlotTakenByAnother_BeginsAnew()
    {
        var notices = new UnknownNotices(1_000);
        Assert.True(notices.IsDue(7, 0, out _));
        Assert.False(notices.IsDue(7, 1, out _));
        Assert.True(notices.IsDue(7 + 4096, 2, out int other));
        Assert.True(notices.IsDue(7, 3, out int again));
        Assert.Equal((1, 1), (other, again));
    }
}
