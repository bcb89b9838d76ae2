using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Storage;

namespace TrafficCore.Tests.Mqtt.Broker;

/// <summary>
/// A broker and one connection over pipes that run everything on the test's thread: when a send returns, the broker has done all it does about it.
/// </summary>
internal sealed class PipedBroker : IAsyncDisposable
{
    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _toBroker = new(Inline);
    private readonly Pipe _fromBroker = new(Inline);
    private readonly FreshMeters _meters = new();

    public PipedBroker(TimeProvider time, BrokerOptions? options = null, ILoggerFactory? loggers = null)
    {
        Broker = new MqttBroker(
            options ?? new BrokerOptions(), Log, new AnonymousAuthenticator(isOpen: true), new DefaultClientAccess("traffic/v1"), time, _meters,
            loggers ?? NullLoggerFactory.Instance);
        Broker.Start();
        Running = Broker.RunConnectionAsync(new DefaultConnectionContext("test") { Transport = new Duplex(_toBroker.Reader, _fromBroker.Writer) });
    }

    public MqttBroker Broker { get; }

    public InstantLog Log { get; } = new();

    /// <summary>Completes when the connection has ended.</summary>
    public Task Running { get; }

    public PipeWriter Input => _toBroker.Writer;

    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await _toBroker.Writer.WriteAsync(bytes);

    /// <summary>Connects; what the broker answers is read.</summary>
    public async Task ConnectAsync(MqttVersion version, ushort keepAlive = 0)
    {
        MqttEncoder.Connect(Input, new ConnectPacket { Version = version, ClientId = "c"u8, CleanStart = true, KeepAliveSeconds = keepAlive });
        await Input.FlushAsync();
        Assert.True(Drain() > 0);
    }

    /// <summary>Reads what the broker has sent so far; its length.</summary>
    public long Drain()
    {
        if (!_fromBroker.Reader.TryRead(out var result))
        {
            return 0;
        }

        var length = result.Buffer.Length;
        _fromBroker.Reader.AdvanceTo(result.Buffer.End);
        return length;
    }

    public async ValueTask DisposeAsync()
    {
        Log.HasRoom = true;
        await Input.CompleteAsync();
        await Running;
        await Broker.DisposeAsync();
        _meters.Dispose();
    }

    /// <summary>Takes everything, and is durable at once while it has room.</summary>
    internal sealed class InstantLog : PublishSession, IPublishIngress
    {
        private readonly List<TaskCompletionSource> _waiting = [];
        private bool _hasRoom = true;
        private long _end;

        public bool HasRoom
        {
            get => _hasRoom;
            set
            {
                _hasRoom = value;
                if (value)
                {
                    var waiting = _waiting.ToArray();
                    _waiting.Clear();
                    Array.ForEach(waiting, w => w.SetResult());
                }
            }
        }

        public PublishSession OpenSession(ClientIdentity client) => this;

        public override PublishOutcome Accept(in PublishView publish) => PublishOutcome.Collected;

        public override bool TryRelease(ushort packetId) => true;

        public override void Discard()
        {
        }

        public override bool TryCommit(int acks, ICommitWaiter waiter, out long position)
        {
            position = 0;
            if (!_hasRoom)
            {
                return false;
            }

            position = _end += 8;
            waiter.OnCommitted(position);
            return true;
        }

        public override ValueTask WaitForRoomAsync(CancellationToken ct)
        {
            if (_hasRoom)
            {
                return ValueTask.CompletedTask;
            }

            _waiting.Add(new TaskCompletionSource());
            return new ValueTask(_waiting[^1].Task.WaitAsync(ct));
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
