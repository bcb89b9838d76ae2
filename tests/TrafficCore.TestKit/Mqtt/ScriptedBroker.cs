using System.IO.Pipelines;
using System.Threading.Channels;
using TrafficCore.Mqtt.Client;

namespace TrafficCore.TestKit.Mqtt;

/// <summary>A broker without a socket that does only what the test says: each connection that a client makes is handed to the test.</summary>
/// <remarks>Ownership: the test; clients dial from any thread.</remarks>
public sealed class ScriptedBroker
{
    private readonly Channel<ScriptedPeer> dialled = Channel.CreateUnbounded<ScriptedPeer>();
    private int refusals;
    private int attempts;

    /// <summary>How often clients have tried to connect.</summary>
    public int Attempts => Volatile.Read(ref attempts);

    /// <summary>The places that clients asked for, in order.</summary>
    public Channel<string> Places { get; } = Channel.CreateUnbounded<string>();

    /// <summary>The next attempts fail as if nobody listened.</summary>
    public void RefuseNext(int count) => Volatile.Write(ref refusals, count);

    /// <summary>The next connection.</summary>
    /// <exception cref="TimeoutException">None came within the patience of a test.</exception>
    public async Task<ScriptedPeer> AcceptAsync() => await dialled.Reader.ReadAsync().AsTask().WaitAsync(ScriptedPeer.Patience).ConfigureAwait(false);

    /// <summary>Accepts, reads CONNECT, and answers with this CONNACK.</summary>
    /// <param name="sessionPresent">The broker had a session.</param>
    /// <param name="properties">Properties in 5.0, encoded.</param>
    public async Task<ScriptedPeer> WelcomeAsync(bool sessionPresent = false, byte[]? properties = null)
    {
        var peer = await AcceptAsync().ConfigureAwait(false);
        await peer.WelcomeAsync(sessionPresent, properties).ConfigureAwait(false);
        return peer;
    }

    /// <summary>No connection waits to be accepted.</summary>
    public bool IsQuiet => dialled.Reader.Count == 0;

    /// <summary>The same options, dialling this broker.</summary>
    public MqttClientOptions Reach(MqttClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Dial = DialAsync };
    }

    private Task<ClientTransport> DialAsync(MqttClientOptions options, CancellationToken cancellation)
    {
        Interlocked.Increment(ref attempts);
        Places.Writer.TryWrite($"{options.Host}:{options.Port}");
        if (Interlocked.Decrement(ref refusals) >= 0)
        {
            return Task.FromException<ClientTransport>(new IOException("nobody listens here."));
        }

        var (up, down) = (new Pipe(), new Pipe());
        dialled.Writer.TryWrite(new ScriptedPeer(new DuplexStream(up.Reader, down.Writer), options.Version));
        var stream = new DuplexStream(down.Reader, up.Writer);
        return Task.FromResult(new ClientTransport(stream, stream.FinishAsync));
    }
}
