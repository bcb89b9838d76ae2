namespace TrafficCore.Mqtt.Client;

/// <summary>The bytes to and from a broker, whatever carries them: the seam between the protocol and TCP, TLS and WebSocket.</summary>
/// <param name="stream">Both directions.</param>
/// <param name="finishWriting">Tells the peer that nothing more will be written.</param>
/// <remarks>Ownership: one loop reads, one loop writes; disposing from any thread ends both.</remarks>
internal sealed class ClientTransport(Stream stream, Func<ValueTask> finishWriting) : IDisposable
{
    public Stream Stream => stream;

    /// <summary>Nothing more will be written; the broker sees the end after the last byte.</summary>
    public ValueTask FinishWritingAsync() => finishWriting();

    public void Dispose() => stream.Dispose();
}
