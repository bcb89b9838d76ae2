using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Simulators.Verify;

/// <summary>
/// A device as the contract wants it, and with a fault as it does not: keeps what it measures until it is acknowledged, comes back, and goes on where it was.
/// </summary>
/// <remarks>Ownership: one loop for each direction; what they share is under one lock.</remarks>
internal sealed class BenchDevice : IAsyncDisposable
{
    private readonly BenchDeviceOptions options;
    private readonly DeviceMeasurements measurements;
    private readonly DeviceBoard board;
    private readonly CancellationTokenSource stop = new();
    private readonly Lock gate = new();
    private readonly SortedDictionary<ushort, Sent> open = [];
    private readonly List<Sent> unsent = [];
    private readonly Task life;
    private ushort lastId;
    private int connects;

    public BenchDevice(BenchDeviceOptions options)
    {
        this.options = options;
        measurements = new DeviceMeasurements(options);
        board = new DeviceBoard(options);
        life = Task.Run(LiveAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await life;
        stop.Dispose();
    }

    private string Root => $"traffic/v1/int-1/{options.Kind}/{options.Kind[..1]}-1";

    private QualityOfService QoS => options.Has("qos") ? QualityOfService.AtMostOnce : options.IsExactlyOnce ? QualityOfService.ExactlyOnce : QualityOfService.AtLeastOnce;

    private async Task LiveAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await ServeAsync();
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException or MqttProtocolException)
            {
                // It comes back.
            }

            if (options.Has("reconnect") || stop.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(50, CancellationToken.None);
        }
    }

    private async Task ServeAsync()
    {
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync("127.0.0.1", options.Port, stop.Token);
        await using var stream = await EncryptAsync(client.GetStream());
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var incoming = new FrameBuffer(stream, 1 << 20);
        var (output, session) = (new ArrayBufferWriter<byte>(), await ConnectAsync(stream, incoming));
        Begin(output, session);
        await stream.WriteAsync(output.WrittenMemory, stop.Token);

        using var turn = new SemaphoreSlim(1, 1);
        var sending = SendAsync(stream, turn, over.Token);
        try
        {
            await ReadAsync(stream, incoming, turn);
        }
        finally
        {
            await over.CancelAsync();
            await sending;
        }
    }

    private async Task<Stream> EncryptAsync(NetworkStream plain)
    {
        if (options.Authority is not { } authority)
        {
            return plain;
        }

        var encrypted = new SslStream(plain);
        await encrypted.AuthenticateAsClientAsync(new MqttTlsOptions { Authorities = [X509CertificateLoader.LoadCertificateFromFile(authority)] }.For("127.0.0.1"), stop.Token);
        return encrypted;
    }

    /// <summary>Connects; returns whether the broker has the session.</summary>
    private async Task<bool> ConnectAsync(Stream stream, FrameBuffer incoming)
    {
        var output = new ArrayBufferWriter<byte>();
        Encode(output);
        connects++;
        await stream.WriteAsync(output.WrittenMemory, stop.Token);
        while (true)
        {
            if (incoming.TryTake(out _, out var body))
            {
                return ConnackView.Decode(body, options.Version).SessionPresent;
            }

            if (!await incoming.FillAsync(stop.Token))
            {
                throw new IOException("no CONNACK");
            }
        }
    }

    private void Encode(ArrayBufferWriter<byte> output)
    {
        var properties = new PropertyBuilder(stackalloc byte[16]);
        if (options is { Version: MqttVersion.V5, IsPersistent: true } && !options.Has("session"))
        {
            properties.Add(PropertyId.SessionExpiryInterval, 3600);
        }

        MqttEncoder.Connect(output, new ConnectPacket
        {
            Version = options.Has("connect") ? MqttVersion.V31 : options.Version,
            ClientId = Encoding.UTF8.GetBytes(options.Has("client-id") ? $"device-{connects}" : $"{options.Kind}-device"),
            CleanStart = !options.IsPersistent,
            KeepAliveSeconds = options.Has("keep-alive") ? (ushort)0 : (ushort)30,
            Properties = properties.Written,
            WillTopic = options.Has("will") ? default : Encoding.UTF8.GetBytes(Root + "/state"),
            WillPayload = "offline"u8,
            WillQoS = QualityOfService.AtLeastOnce,
            WillRetain = true,
        });
    }

    /// <summary>Says that it is there, subscribes, and goes on with what was not acknowledged.</summary>
    private void Begin(ArrayBufferWriter<byte> output, bool session)
    {
        lock (gate)
        {
            if (!options.Has("online"))
            {
                MqttEncoder.Publish(output, options.Version, Encoding.UTF8.GetBytes(Root + "/state"), "online"u8, QualityOfService.AtMostOnce, 0, retain: true);
            }

            if (options.Kind == "board" && !options.Has("board-subscribe"))
            {
                MqttEncoder.Subscribe(output, options.Version, ++lastId, [Encoding.UTF8.GetBytes(Root + "/message")], [new SubscribeOptions(QualityOfService.AtLeastOnce)]);
            }

            var rest = open.Values.ToList();
            open.Clear();
            if (options.Has("resend"))
            {
                return;
            }

            // With the session the ids go on; without it everything is new.
            var isResumed = session && !options.Has("session-present");
            foreach (var sent in rest)
            {
                var payload = options.Has("duplicates") ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(sent.Payload).Replace("\"volume\":", "\"volume\":1", StringComparison.Ordinal)) : sent.Payload;
                Publish(output, sent with { Payload = payload }, isResumed ? sent.Id : ++lastId, duplicate: isResumed);
            }
        }
    }

    private async Task SendAsync(Stream stream, SemaphoreSlim turn, CancellationToken over)
    {
        try
        {
            while (true)
            {
                var output = new ArrayBufferWriter<byte>();
                lock (gate)
                {
                    unsent.AddRange(measurements.Take().Concat(board.Take()).Select(m => new Sent(m.Topic, m.Payload, m.Retain, 0)));
                    foreach (var sent in unsent)
                    {
                        Publish(output, sent, ++lastId, duplicate: false);
                    }

                    unsent.Clear();
                }

                if (output.WrittenCount > 0)
                {
                    await WriteAsync(stream, turn, output.WrittenMemory);
                }

                await Task.Delay(10, over);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            if (options.Has("buffer"))
            {
                measurements.Forget();
            }
        }
    }

    private void Publish(ArrayBufferWriter<byte> output, Sent sent, ushort id, bool duplicate)
    {
        MqttEncoder.Publish(output, options.Version, Encoding.UTF8.GetBytes(sent.Topic), sent.Payload, QoS, id, sent.Retain || options.Has("retain"), duplicate);
        if (QoS != QualityOfService.AtMostOnce)
        {
            open[id] = sent with { Id = id };
        }
    }

    private async Task ReadAsync(Stream stream, FrameBuffer incoming, SemaphoreSlim turn)
    {
        do
        {
            while (TryTake(incoming, out var answer))
            {
                if (answer.Length > 0)
                {
                    await WriteAsync(stream, turn, answer);
                }
            }
        }
        while (await incoming.FillAsync(stop.Token));
    }

    private bool TryTake(FrameBuffer incoming, out ReadOnlyMemory<byte> answer)
    {
        var output = new ArrayBufferWriter<byte>();
        answer = default;
        if (!incoming.TryTake(out var header, out var body))
        {
            return false;
        }

        lock (gate)
        {
            if (header.Type is PacketType.Puback or PacketType.Pubrec)
            {
                var id = AckView.Decode(header.Type, body, options.Version).PacketId;
                if (options.Has("acknowledged") && open.TryGetValue(id, out var sent) && !sent.IsRepeat && !sent.Topic.EndsWith("state", StringComparison.Ordinal))
                {
                    // Once: a repeat of each repeat would use up all packet ids within seconds.
                    Publish(output, sent with { IsRepeat = true }, ++lastId, duplicate: false);
                }

                open.Remove(id);
                if (header.Type == PacketType.Pubrec)
                {
                    MqttEncoder.Ack(output, PacketType.Pubrel, options.Version, id);
                }
            }
            else if (header.Type == PacketType.Publish)
            {
                var message = PublishView.Decode(header.First, body, options.Version);
                MqttEncoder.Ack(output, PacketType.Puback, options.Version, message.PacketId);
                board.Receive(message.Payload);
            }
        }

        answer = output.WrittenMemory;
        return true;
    }

    private static async Task WriteAsync(Stream stream, SemaphoreSlim turn, ReadOnlyMemory<byte> bytes)
    {
        await turn.WaitAsync();
        try
        {
            await stream.WriteAsync(bytes);
        }
        finally
        {
            turn.Release();
        }
    }

    private sealed record Sent(string Topic, byte[] Payload, bool Retain, ushort Id, bool IsRepeat = false);
}
