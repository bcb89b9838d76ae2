using TrafficCore.Mqtt.Broker;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>Acknowledgements leave in order and never before their position, whatever the sizes.</summary>
public sealed class PendingAcksTests
{
    [Fact]
    public void TakeDurable_RandomBatches_GivesExactlyTheDurablePrefix()
    {
        var random = new Random(3);
        var acks = new PendingAcks();
        var expected = new Queue<(long Position, byte[] Bytes)>();
        long position = 0, durable = 0;
        for (var step = 0; step < 5000; step++)
        {
            var bytes = new byte[random.Next(1, 300)];
            random.NextBytes(bytes);
            position += random.Next(3);
            var waitsFor = random.Next(4) == 0 ? 0 : position;
            acks.Append(bytes, 1, waitsFor);
            expected.Enqueue((waitsFor, bytes));
            if (random.Next(3) == 0)
            {
                durable = Math.Max(durable, position - random.Next(4));
                var output = ScratchBuffer.ForThread();
                acks.TakeDurable(durable, 0, output);
                var due = new List<byte>();
                while (expected.TryPeek(out var next) && next.Position <= durable)
                {
                    due.AddRange(expected.Dequeue().Bytes);
                }

                Assert.Equal(due, output.Written.ToArray());
            }
        }

        Assert.Equal(expected.Count, acks.Pubacks);
        Assert.Equal(expected.Sum(e => e.Bytes.Length), acks.Length);
    }
}
