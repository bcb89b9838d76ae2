using System.IO.Pipelines;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace TrafficCore.Mqtt.Broker;

/// <summary>MQTT over WebSocket as a connection like any other (both specifications, section 6): packets in binary frames, cut anywhere.</summary>
/// <remarks>
/// Ownership: one pump reads frames into a pipe that the connection's read loop reads; what the connection writes goes straight to frames. A cancelled
/// read of the pipe does not touch the socket, so a last packet can still be sent.
/// </remarks>
internal sealed class WebSocketConnection : ConnectionContext, IDuplexPipe
{
    /// <summary>What a peer is given to answer the closing frame.</summary>
    private static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private readonly Pipe _received = new();
    private readonly PipeWriter _frames;
    private readonly CancellationTokenSource _closed = new();
    private int _isDisposed;

    public WebSocketConnection(WebSocket socket, string id, EndPoint? remote)
    {
        _socket = socket;
        _frames = PipeWriter.Create(WebSocketStream.Create(socket, WebSocketMessageType.Binary, CloseTime), new StreamPipeWriterOptions(leaveOpen: true));
        ConnectionId = id;
        RemoteEndPoint = remote;
        ConnectionClosed = _closed.Token;
        Transport = this;
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    public PipeReader Input => _received.Reader;

    public PipeWriter Output => _frames;

    public override void Abort(ConnectionAbortedException abortReason)
    {
        _socket.Abort();
        _closed.Cancel();
    }

    /// <summary>Reads frames until the peer closes, the socket fails, or time is over after <see cref="DisposeAsync"/>.</summary>
    public async Task PumpAsync()
    {
        try
        {
            await ReceiveAsync();
            await _received.Writer.CompleteAsync();
            await DiscardAsync();
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException)
        {
            // The peer or the network ended it; the read loop sees the end of the pipe.
        }

        await _received.Writer.CompleteAsync();
        await _closed.CancelAsync(); // whoever waits on the client's behalf, for its password to be checked say, need not any more
    }

    /// <summary>Closes the socket, once; called when the connection's own work is done. The pump ends with the peer's closing frame, or soon without one.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await _received.Reader.CompleteAsync();
        try
        {
            using var limit = new CancellationTokenSource(CloseTime);
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Gone already.
        }

        // Not at once: to cancel the pump's read resets the connection, and the peer may not have read its CONNACK or DISCONNECT yet.
        _closed.CancelAfter(CloseTime);
        await base.DisposeAsync();
    }

    /// <summary>Until the peer closes, nobody reads any more, or a frame is not binary [MQTT-6.0.0-1].</summary>
    private async Task ReceiveAsync()
    {
        while (true)
        {
            var read = await _socket.ReceiveAsync(_received.Writer.GetMemory(), _closed.Token);
            if (read.MessageType != WebSocketMessageType.Binary)
            {
                return;
            }

            _received.Writer.Advance(read.Count);
            if (await _received.Writer.FlushAsync() is { IsCompleted: true })
            {
                return;
            }
        }
    }

    /// <summary>What still comes is read and dropped: unread, it would reset the connection before the peer has read why it ends.</summary>
    private async Task DiscardAsync()
    {
        var dropped = new byte[512];
        while (_socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            await _socket.ReceiveAsync(dropped.AsMemory(), _closed.Token);
        }
    }
}
