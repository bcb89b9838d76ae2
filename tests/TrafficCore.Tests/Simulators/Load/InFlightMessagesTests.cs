using TrafficCore.Simulators.Load;

namespace TrafficCore.Tests.Simulators.Load;

public sealed class InFlightMessagesTests
{
    private static readonly LoadUnit Unit = LoadUnit.Detector("i", 1, 1, 1000);

    [Fact]
    public void Ids_UntilAnswered_AreNotUsedAgain()
    {
        var (window, random, open) = (new InFlightMessages(50), new Random(3), new Dictionary<ushort, long>());
        for (var n = 0; n < 5000; n++)
        {
            if (window.HasRoom(40) && random.Next(2) == 0)
            {
                var id = window.Add(Message(n));
                Assert.InRange(id, 1, 50);
                Assert.True(open.TryAdd(id, n), $"id {id} is in use");
            }
            else if (open.Count > 0)
            {
                var (id, number) = open.ElementAt(random.Next(open.Count));
                Assert.True(window.TryRemove(id, out var message));
                Assert.Equal(number, message.Due);
                Assert.False(window.TryRemove(id, out _));
                open.Remove(id);
            }

            Assert.Equal(open.Count, window.Count);
            Assert.Equal(open.Count < 40, window.HasRoom(40));
        }

        Assert.False(window.TryRemove(0, out _));
        Assert.False(window.TryRelease(51));
    }

    [Fact]
    public void TakeAll_AfterALoss_IsInTheOrderOfSending()
    {
        var window = new InFlightMessages(10);
        var ids = Enumerable.Range(0, 5).Select(n => window.Add(Message(n))).ToList();
        window.TryRemove(ids[1], out _);
        window.Add(Message(5));
        window.TryRelease(ids[3]);

        Assert.Equal([(0, false), (2, false), (3, true), (4, false), (5, false)], window.TakeAll().Select(static m => (m.Message.Due, m.IsReleased)));
        Assert.Equal(0, window.Count);
        Assert.Equal(1, window.Add(Message(9)));
    }

    private static LoadMessage Message(long number) => new(Unit, number, 0, 0, 0);
}
