using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>One client's connection: reads its packets, and owns what only reading needs.</summary>
/// <remarks>
/// Ownership: one read loop runs everything here but the members marked "any thread". What is written goes through
/// <see cref="ConnectionOutput"/>. On the plain socket transport the loop runs on the I/O thread: nothing in it blocks.
/// Other parts of this class: Connect, Access, Pace, Publish, Commit, Subscribe, Retained, End.
/// </remarks>
internal sealed partial class MqttConnection
{
    /// <summary>
    /// Bytes that are taken in before a commit and its acknowledgements: a socket read is seldom more, and a client with a full receive buffer does
    /// not fill a log buffer (1 MiB) alone.
    /// </summary>
    private const int BatchBytes = 64 * 1024;

    /// <summary>Longer bodies that cross a segment are copied to memory that is not kept: a pipe segment is 4 KiB, a reading 150 bytes.</summary>
    private const int MaxKeptCopy = 8 * 1024;

    private readonly BrokerRuntime _runtime;
    private readonly ConnectionContext _context;
    private readonly PipeReader _input;
    private readonly ConnectionOutput _output;

    // Read loop.
    private MqttVersion _version;
    private ClientIdentity? _client;
    private Session? _session;
    private byte[]? _segmented;

    // Any thread.
    private CloseInfo? _close;
    private TaskCompletionSource? _ended;
    private ArrivalWatch _arrival;
    private int _keepAliveTicks;
    private int _isConnected;

    public MqttConnection(BrokerRuntime runtime, ConnectionContext context, OutputChannel channel)
    {
        _runtime = runtime;
        _context = context;
        _input = context.Transport.Input;
        _output = new ConnectionOutput(channel, runtime);
        _pass = runtime.NewPass();
        _arrival = new ArrivalWatch(runtime.Tick);
        _packetRate = AllowanceOf(runtime.Options.MaxPacketsPerSecond, runtime.Time);
        _byteRate = AllowanceOf(runtime.Options.MaxBytesPerSecond, runtime.Time);
    }

    /// <summary>What a pass over the received bytes came to.</summary>
    private enum PassEnd
    {
        /// <summary>Only part of a packet is left.</summary>
        NeedsMore,

        /// <summary>The bound of a batch is reached, or what a packet asked for must be done before the next one; whole packets may be left.</summary>
        Bound,

        /// <summary>The connection is to be closed.</summary>
        Stop,
    }

    public ConnectionOutput Output => _output;

    private bool IsClosing => Volatile.Read(ref _close) is not null;

    /// <summary>Runs the connection to its end. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (await ConnectAsync())
            {
                await ReadLoopAsync();
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ConnectionAbortedException or ObjectDisposedException)
        {
            SetClose(CloseReason.Lost, ReasonCode.UnspecifiedError, e.Message);
        }
#pragma warning disable CA1031 // Whatever one connection does must not end the listener; it is logged and counted as a fault.
        catch (Exception e)
#pragma warning restore CA1031
        {
            BrokerLog.Fault(_runtime.Logger, _client?.ClientId ?? "-", e);
            SetClose(CloseReason.Fault, ReasonCode.UnspecifiedError, e.Message);
        }

        await EndAsync();
    }

    private async Task ReadLoopAsync()
    {
        while (true)
        {
            var result = await _input.ReadAsync();
            var buffer = result.Buffer;
            if (!HasAccess())
            {
                _input.AdvanceTo(buffer.Start);
                return;
            }

            PassEnd end;
            do
            {
                var before = buffer.Length;
                end = Pass(ref buffer);
                var wait = ChargePass(before - buffer.Length);
                if (!TryFinishBatch())
                {
                    await FinishBatchSlowAsync();
                }

                SignalTouched();
                if (HasSearches)
                {
                    await SearchRetainedAsync();
                }

                if (wait > TimeSpan.Zero)
                {
                    await PaceAsync(wait);
                }

                if (_output.IsOverfull)
                {
                    _arrival.Stop();
                    await _output.WaitForRoomAsync(() => IsClosing, CancellationToken.None);
                }
            }
            while (end == PassEnd.Bound && !IsClosing);

            _arrival.Resume(_runtime.Tick, packets: buffer.Length < result.Buffer.Length, partial: !buffer.IsEmpty);

            // Examined is the end only now, when nothing but a part of a packet is left: whole packets would never be woken up for again.
            _input.AdvanceTo(buffer.Start, buffer.End);
            if (end == PassEnd.Stop || IsClosing)
            {
                return;
            }

            if (result.IsCompleted)
            {
                SetClose(CloseReason.Lost, ReasonCode.UnspecifiedError, buffer.IsEmpty ? null : "The peer closed inside a packet");
                return;
            }
        }
    }

    /// <summary>Handles whole packets until only a part is left or the bound is reached. What it collects waits in this thread's batch.</summary>
    private PassEnd Pass(ref ReadOnlySequence<byte> buffer)
    {
        var batch = ReadBatch.Begin();
        var bound = buffer.Length - BatchBytes;
        try
        {
            BeginBatch();
            while (true)
            {
                if (!HandleSegment(batch, ref buffer))
                {
                    return PassEnd.Stop;
                }

                if (HasSearches)
                {
                    return PassEnd.Bound;
                }

                // What is left begins with a packet that crosses into the next segment, or is not whole yet.
                var status = MqttFrame.TryRead(buffer, _runtime.Options.MaxPacketSize, out var header);
                if (status == FrameStatus.Incomplete)
                {
                    return PassEnd.NeedsMore;
                }

                if (status != FrameStatus.Whole)
                {
                    ThrowBadFrame(status);
                }

                if (buffer.Length < bound)
                {
                    return PassEnd.Bound;
                }

                if (!Handle(batch, header, Contiguous(buffer.Slice(header.HeaderLength, header.BodyLength))))
                {
                    return PassEnd.Stop;
                }

                buffer = buffer.Slice(header.TotalLength);
                if (HasSearches)
                {
                    return PassEnd.Bound;
                }
            }
        }
        catch (MqttProtocolException e)
        {
            SetClose(e.Reason == ReasonCode.NotAuthorized ? CloseReason.Denied : CloseReason.ProtocolError, e.Reason, e.Message);
            return PassEnd.Stop;
        }
    }

    /// <summary>Handles the packets that lie whole in the first segment, up to one that asks for a search. False: the connection is to be closed.</summary>
    private bool HandleSegment(ReadBatch batch, ref ReadOnlySequence<byte> buffer)
    {
        var segment = buffer.FirstSpan;
        var used = 0;
        while (!HasSearches && MqttFrame.TryRead(segment[used..], _runtime.Options.MaxPacketSize, out var header) == FrameStatus.Whole)
        {
            if (!Handle(batch, header, segment.Slice(used + header.HeaderLength, header.BodyLength)))
            {
                return false;
            }

            used += header.TotalLength;
        }

        buffer = buffer.Slice(used);
        return true;
    }

    private static void ThrowBadFrame(FrameStatus status) => throw (status == FrameStatus.TooLarge
        ? new MqttProtocolException(ReasonCode.PacketTooLarge, "The declared length is over the limit")
        : new MqttProtocolException(ReasonCode.MalformedPacket, "The fixed header is malformed"));

    /// <summary>The body as one span. A body that crosses segments is copied; the buffer for that is made once and is as large as the largest.</summary>
    private ReadOnlySpan<byte> Contiguous(in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment)
        {
            return body.FirstSpan;
        }

        var length = (int)body.Length;
        if (length > MaxKeptCopy)
        {
            return body.ToArray();
        }

        var target = _segmented ??= new byte[MaxKeptCopy];
        body.CopyTo(target);
        return target.AsSpan(0, length);
    }

    private bool Handle(ReadBatch batch, in FrameHeader header, ReadOnlySpan<byte> body)
    {
        _packets++;
        switch (header.Type)
        {
            case PacketType.Publish:
                OnPublish(batch, header, body);
                return true;
            case PacketType.Puback or PacketType.Pubrec or PacketType.Pubcomp:
                OnDeliveryAck(batch, AckView.Decode(header.Type, body, _version), header.Type);
                return true;
            case PacketType.Pubrel:
                OnRelease(batch, AckView.Decode(header.Type, body, _version));
                return true;
            case PacketType.Subscribe:
                OnSubscribe(batch, SubscribeView.Decode(body, _version));
                return true;
            case PacketType.Unsubscribe:
                OnUnsubscribe(batch, UnsubscribeView.Decode(body, _version));
                return true;
            case PacketType.Pingreq when body.IsEmpty:
                _output.AppendAnswer([(byte)PacketType.Pingresp << 4, 0]);
                TouchSelf();
                return true;
            case PacketType.Disconnect:
                OnDisconnect(DisconnectView.Decode(header.Type, body, _version));
                return false;
            default:
                // A second CONNECT [MQTT-3.1.0-2], packets that only a server sends, AUTH without a method, PINGREQ with a body.
                throw new MqttProtocolException(ReasonCode.ProtocolError, $"{header.Type} is not expected here");
        }
    }
}
