using System.Globalization;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Tests.Mqtt.Wire;

/// <summary>Damages packets, seeded.</summary>
internal static class PacketMutation
{
    private static readonly (MqttVersion Version, byte[] Bytes)[] FromClients =
    [
        .. GoldenVectors.All.Select(v => (v.Version, Bytes: Hex.Parse(v.Hex)))
            .Where(v => (PacketType)(v.Bytes[0] >> 4) is not (PacketType.Connack or PacketType.Suback or PacketType.Unsuback or PacketType.Pingresp)),
    ];

    /// <summary>A number from the environment, for longer runs and other seeds.</summary>
    public static int Setting(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value) ? value : standard;

    /// <summary>A packet that a client of this version may send, or a damaged one.</summary>
    public static byte[] Next(Random random, MqttVersion version, bool damaged)
    {
        var (_, bytes) = Pick(random, version);
        return damaged ? Mutate(random, bytes, Pick(random, version).Bytes) : bytes;
    }

    private static (MqttVersion Version, byte[] Bytes) Pick(Random random, MqttVersion version)
    {
        while (true)
        {
            var picked = FromClients[random.Next(FromClients.Length)];
            if (picked.Version == version)
            {
                return picked;
            }
        }
    }

    public static byte[] Mutate(Random random, byte[] packet, byte[] other)
    {
        var bytes = packet.ToList();
        for (var n = random.Next(1, 4); n > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.Insert(at, (byte)random.Next(256));
                    break;
                case 3 when bytes.Count > 1:
                    bytes.RemoveAt(at);
                    break;
                case 4:
                    bytes.AddRange(other.Skip(random.Next(other.Length)));
                    break;
                default:
                    // A wrong length is refused by the frame alone; a right one lets the mutation reach the fields.
                    bytes[Math.Min(1, bytes.Count - 1)] = (byte)Math.Clamp(bytes.Count - 2, 0, 127);
                    break;
            }
        }

        return [.. bytes];
    }
}
