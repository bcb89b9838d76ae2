using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.TestKit.Log;
using TrafficCore.TestKit.Mqtt;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>What the session journal's records come to, directly and through snapshots.</summary>
public sealed class SessionImageTests
{
    [Fact]
    public async Task Snapshot_AfterRandomChanges_IsTheSameImage()
    {
        await using var journal = SessionJournal.Open("/sessions", new ForgetfulFileSystem(), new ManualTime(), () => 5, NullLogger.Instance);
        var writer = new JournalWriter(journal);
        int queued = 0, retained = 0, wills = 0, owned = 0;
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            SessionImage whole = new(), restarted = new();
            for (var step = 0; step < 300; step++)
            {
                Change(random, writer, journal.UtcNowMs);
                Apply(whole, writer.Written, journal.Salt);
                Apply(restarted, writer.Written, journal.Salt);
                writer.Clear();
                if (random.Next(40) == 0)
                {
                    restarted = Reload(restarted, writer, journal);
                }
            }

            queued += whole.Sessions.Values.Sum(s => s.Queue.Count);
            retained += whole.Retained.Count;
            wills += whole.Wills.Count;
            owned += whole.Sessions.Values.Count(s => s.Account is not null);
            Assert.Equal(Describe(whole), Describe(restarted));
        }

        Assert.True(queued > 40 && retained > 40 && wills > 40 && owned > 40, "The changes came to nothing.");
    }

    [Fact]
    public void RecordTypes_OfTheJournal_AreNotThoseOfOtherLogs() =>
        Assert.Empty(Enum.GetValues<SessionRecordType>().Select(t => (byte)t).Intersect(Enum.GetValues<RecordType>().Select(t => (byte)t)));

    private static SessionImage Reload(SessionImage image, JournalWriter writer, SessionJournal journal)
    {
        var output = new ArrayBufferWriter<byte>();
        image.WriteTo(output, writer, journal.UtcNowMs);
        var loaded = new SessionImage();
        Apply(loaded, output.WrittenSpan, journal.Salt);
        return loaded;
    }

    private static void Apply(SessionImage image, ReadOnlySpan<byte> records, uint salt)
    {
        while (!records.IsEmpty)
        {
            Assert.Equal(RecordStatus.Whole, RecordCodec.TryRead(records, salt, out var header, out var size));
            image.Apply(header.Type, records.Slice(RecordHeader.Size, header.Length));
            records = records[size..];
        }
    }

    private static void Change(Random random, JournalWriter writer, long nowMs)
    {
        long session = random.Next(1, 12);
        var filter = Encoding.UTF8.GetBytes("f/" + random.Next(5).ToString(CultureInfo.InvariantCulture));
        switch (random.Next(13))
        {
            case 0:
                writer.SessionOpened(session, "client-" + (session % 6).ToString(CultureInfo.InvariantCulture), (uint)random.Next(1, 100));
                break;
            case 1:
                writer.SessionOnline(session, 30);
                break;
            case 2:
                writer.SessionOffline(session, 40, nowMs - random.Next(1000));
                break;
            case 3 when random.Next(4) == 0:
                writer.SessionEnded(session);
                break;
            case 4:
                writer.Subscribed(session, filter, new SubscribeOptions(QualityOfService.ExactlyOnce, NoLocal: true), (uint)random.Next(3));
                break;
            case 5:
                writer.Unsubscribed(session, filter);
                break;
            case 6:
                writer.Received(session, random.Next(1, 60));
                break;
            case 7:
                writer.Completed(session, random.Next(1, 60));
                break;
            case 8:
                writer.Retained(Message(random, filter, random.Next(3) == 0 ? 0 : 5));
                break;
            case 9:
                var account = random.Next(2) == 0 ? null : "account";
                uint? expiry = random.Next(2) == 0 ? null : 0;
                writer.Will(new StoredWill(random.Next(1, 20), "client", account, new Will(filter, [1, 2], [3], QualityOfService.AtLeastOnce, random.Next(2) == 0, 7, expiry)));
                break;
            case 10:
                writer.WillOver(random.Next(1, 20));
                break;
            case 11:
                writer.SessionOwned(session, random.Next(3) == 0 ? null : "account-" + session.ToString(CultureInfo.InvariantCulture));
                break;
            default:
                writer.Message(Message(random, filter, 20), [.. Enumerable.Range(1, random.Next(1, 4)).Select(_ => (random.NextInt64(1, 12), Delivery(random)))]);
                break;
        }
    }

    private static StoredMessage Message(Random random, byte[] topic, int length)
    {
        var payload = new byte[length];
        random.NextBytes(payload);
        return new StoredMessage(topic, [1, 1], payload, QualityOfService.ExactlyOnce, random.Next(2) == 0, long.MaxValue - random.Next(2));
    }

    private static StoredDelivery Delivery(Random random) => new(
        random.Next(1, 60), (ushort)random.Next(1, 60), (QualityOfService)random.Next(1, 3), random.Next(2) == 0, false, false,
        random.Next(2) == 0 ? null : [7, 8], random.Next(2) == 0 ? null : "$share/g/f"u8.ToArray());

    private static string Describe(SessionImage image)
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"last {image.LastSession}");
        foreach (var session in image.Sessions.Values.OrderBy(s => s.Number))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{session.Number} {session.ClientId} {session.Account} {session.ExpirySeconds} {session.IsOnline} {(session.IsOnline ? 0 : session.OfflineUtcMs)}");
            foreach (var (filter, (options, identifier)) in session.Subscriptions.OrderBy(s => Convert.ToHexString(s.Key), StringComparer.Ordinal))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {Encoding.UTF8.GetString(filter)} {options} {identifier}");
            }

            foreach (var (message, delivery) in session.Queue.Values.OrderBy(e => e.Delivery.Number))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {Describe(message)} {delivery.Number} {delivery.PacketId} {delivery.Flags} {delivery.Identifiers?.Length} {delivery.SharedFilter?.Length}");
            }
        }

        foreach (var (topic, message) in image.Retained.OrderBy(r => Convert.ToHexString(r.Key), StringComparer.Ordinal))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(topic)} {Describe(message)}");
        }

        foreach (var (number, clientId, userName, will) in image.Wills.Values.OrderBy(w => w.Number))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{number} {clientId} {userName} {Encoding.UTF8.GetString(will.Topic)} {Convert.ToHexString(will.Payload)} {Convert.ToHexString(will.Properties)} {will.QoS} {will.Retain} {will.DelaySeconds} {will.ExpirySeconds}");
        }

        return text.ToString();
    }

    private static string Describe(StoredMessage message) => string.Create(
        CultureInfo.InvariantCulture, $"{Convert.ToHexString(message.Payload)} {message.QoS} {message.Retain} {long.MaxValue - message.ExpiresUtcMs}");
}
