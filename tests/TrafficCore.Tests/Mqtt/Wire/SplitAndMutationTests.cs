using System.Buffers;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Wire;

/// <summary>Streams cut anywhere decode the same; damaged packets are refused or decoded, and nothing else ever happens.</summary>
public sealed class SplitAndMutationTests
{
    /// <summary>A million cases take a few seconds. TRAFFICCORE_FUZZ_CASES runs longer, TRAFFICCORE_FUZZ_SEED others.</summary>
    private static readonly int Cases = PacketMutation.Setting("TRAFFICCORE_FUZZ_CASES", 1_000_000);

    private static readonly int Seed = PacketMutation.Setting("TRAFFICCORE_FUZZ_SEED", 20_260_101);

    [Fact]
    public void Frame_StreamCutAtEveryPoint_GivesTheSamePackets()
    {
        var packets = GoldenVectors.All.Select(v => Hex.Parse(v.Hex)).ToArray();
        foreach (var packet in packets)
        {
            for (var cut = 0; cut <= packet.Length; cut++)
            {
                var part = MqttFrame.TryRead(packet.AsSpan(0, cut), 1 << 20, out _);
                Assert.Equal(cut == packet.Length ? FrameStatus.Whole : FrameStatus.Incomplete, part);

                var sequence = Split(packet, cut);
                Assert.Equal(FrameStatus.Whole, MqttFrame.TryRead(sequence, 1 << 20, out var header));
                Assert.Equal(packet.Length, header.TotalLength);
                Assert.Equal(packet, sequence.Slice(0, header.TotalLength).ToArray());
            }

            Assert.Equal(FrameStatus.Whole, MqttFrame.TryRead(SingleBytes(packet), 1 << 20, out _));
        }
    }

    [Fact]
    public void Decode_MutatedPackets_AreDecodedOrRefused()
    {
        var random = new Random(Seed);
        var vectors = GoldenVectors.All.Select(v => (v.Version, Bytes: Hex.Parse(v.Hex))).ToArray();
        var refused = 0;
        for (var i = 0; i < Cases; i++)
        {
            var (version, bytes) = vectors[random.Next(vectors.Length)];
            var mutated = PacketMutation.Mutate(random, bytes, vectors[random.Next(vectors.Length)].Bytes);
            try
            {
                PacketText.Describe(mutated, random.Next(8) == 0 ? MqttVersion.V5 : version);
            }
            catch (MqttProtocolException)
            {
                refused++;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {Seed}, case {i}, {Convert.ToHexString(mutated)}: {e}");
            }
        }

        Assert.InRange(refused, Cases / 10, Cases);
    }

    private static ReadOnlySequence<byte> Split(byte[] bytes, int at)
    {
        var first = new Segment(bytes.AsMemory(0, at), null);
        var second = new Segment(bytes.AsMemory(at), first);
        return new ReadOnlySequence<byte>(first, 0, second, bytes.Length - at);
    }

    private static ReadOnlySequence<byte> SingleBytes(byte[] bytes)
    {
        Segment? first = null, last = null;
        for (var i = 0; i < bytes.Length; i++)
        {
            last = new Segment(bytes.AsMemory(i, 1), last);
            first ??= last;
        }

        return new ReadOnlySequence<byte>(first!, 0, last!, 1);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? previous)
        {
            Memory = memory;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
