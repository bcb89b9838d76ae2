using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace TrafficCore.Mqtt.Broker;

/// <summary>How bytes of one connection leave. One sender at a time; <see cref="ConnectionOutput"/> sees to that.</summary>
internal abstract class OutputChannel
{
    private readonly ConnectionContext _context;

    protected OutputChannel(ConnectionContext context) => _context = context;

    /// <summary>Sends what can be sent at once. Returns the bytes taken, possibly 0; -1: the connection is broken. Never waits.</summary>
    public abstract int TrySend(ReadOnlySpan<byte> bytes);

    /// <summary>Sends all; false: the connection is broken.</summary>
    public abstract ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes);

    /// <summary>Closes the connection after a failed send, so that its read loop ends too.</summary>
    public void Abort() => _context.Abort();
}

/// <summary>
/// The plain socket, past the transport's pipe: one system call on the calling thread. Nothing ever goes through the pipe of such a
/// connection, so the two cannot mix. <see cref="Socket"/> counts the uses of its descriptor: after the transport has closed it, a
/// send fails and never reaches a descriptor that was given to somebody else.
/// </summary>
internal sealed class SocketChannel : OutputChannel
{
    private readonly Socket _socket;

    public SocketChannel(ConnectionContext context, Socket socket)
        : base(context)
    {
        _socket = socket;
        _socket.Blocking = false; // or the synchronous Send would wait for a peer that does not read
    }

    public override int TrySend(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var sent = _socket.Send(bytes, SocketFlags.None, out var error);
            return error switch
            {
                SocketError.Success => sent,
                SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable => 0,
                _ => -1,
            };
        }
        catch (ObjectDisposedException)
        {
            return -1;
        }
    }

    public override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}

/// <summary>The transport's pipe: for TLS, WebSocket and every transport that is not a plain socket.</summary>
internal sealed class PipeChannel : OutputChannel
{
    private readonly PipeWriter _writer;

    public PipeChannel(ConnectionContext context)
        : base(context) => _writer = context.Transport.Output;

    public override int TrySend(ReadOnlySpan<byte> bytes) => 0;

    public override async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var result = await _writer.WriteAsync(bytes);
            return !result.IsCompleted && !result.IsCanceled;
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or ObjectDisposedException or OperationCanceledException)
        {
            return false; // the transport closed under the write
        }
    }
}
