using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>
/// A small MQTT server for a few devices that notes everything and can misbehave on purpose: withhold acknowledgements, drop connections, let nobody in.
/// </summary>
/// <remarks>
/// Ownership: any thread. One loop accepts, each connection has a loop of its own; what they share is under one short lock. It routes nothing between devices
/// and publishes no wills: it only has messages of the bench itself.
/// </remarks>
internal sealed class BenchServer : IAsyncDisposable
{
    private static readonly TimeSpan HandshakeWithin = TimeSpan.FromSeconds(10);

    private readonly BenchRecord _record;
    private readonly TimeProvider _time;
    private readonly X509Certificate2? _certificate;
    private readonly IPEndPoint _endpoint;
    private readonly CancellationTokenSource _stop = new();

    // Under the lock.
    private readonly Lock _gate = new();
    private readonly Dictionary<string, BenchSession> _sessions = new(StringComparer.Ordinal);
    private readonly Dictionary<int, BenchConnection> _connections = [];
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _kept = new(StringComparer.Ordinal);
    private readonly List<Task> _loops = [];
    private TcpListener? _listener;
    private int _count;

    private volatile bool _acknowledges = true;

    /// <param name="endpoint">Where to listen; port 0 for any.</param>
    /// <param name="certificate">The server's certificate with its key; null for no TLS.</param>
    /// <param name="record">Takes what is seen.</param>
    /// <param name="time">Clock.</param>
    public BenchServer(IPEndPoint endpoint, X509Certificate2? certificate, BenchRecord record, TimeProvider time)
    {
        (_endpoint, _certificate, _record, _time) = (endpoint, certificate, record, time);
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; private set; }

    /// <summary>Whether publications are acknowledged.</summary>
    public bool Acknowledges
    {
        get => _acknowledges;
        set => _acknowledges = value;
    }

    /// <summary>Lets devices in.</summary>
    /// <exception cref="SocketException">The port is in use.</exception>
    public void Listen()
    {
        var listener = new TcpListener(_endpoint.Address, Port == 0 ? _endpoint.Port : Port);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        lock (_gate)
        {
            _listener = listener;
            _loops.Add(AcceptAsync(listener));
        }
    }

    /// <summary>Lets nobody in any more. Who is in stays.</summary>
    public void StopListening()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
        }
    }

    /// <summary>Drops every connection without a word.</summary>
    public void DropAll()
    {
        lock (_gate)
        {
            foreach (var connection in _connections.Values)
            {
                connection.Drop();
            }
        }
    }

    /// <summary>Sends a message to whoever subscribes to its topic, and keeps it for those who will.</summary>
    public async Task PublishAsync(string topic, ReadOnlyMemory<byte> payload)
    {
        List<(BenchConnection Connection, QualityOfService QoS)> receivers;
        lock (_gate)
        {
            _kept[topic] = payload;
            receivers = [.. _connections.Values.Select(c => (c, QoS: Subscribed(c, topic))).Where(static r => r.QoS is not null).Select(static r => (r.c, r.QoS!.Value))];
        }

        foreach (var (connection, qos) in receivers)
        {
            try
            {
                await connection.DeliverAsync(topic, payload, qos, retain: false);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // It is just going; the record says so.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        StopListening();
        DropAll();
        Task[] loops;
        lock (_gate)
        {
            loops = [.. _loops];
        }

        await Task.WhenAll(loops);
        _stop.Dispose();
    }

    /// <summary>Takes a client in, and another connection of the same client out [MQTT-3.1.4-3].</summary>
    /// <returns>Its session, and whether that was there before.</returns>
    public (BenchSession Session, bool IsPresent) Join(BenchConnection connection, ConnectFacts facts)
    {
        lock (_gate)
        {
            foreach (var other in _connections.Values.Where(c => facts.ClientId.Length > 0 && c.ClientId == facts.ClientId))
            {
                other.Drop();
            }

            var known = _sessions.GetValueOrDefault(facts.ClientId);
            var isKept = !facts.CleanStart && known is not null && (known.LeftAt is not { } left || _time.GetUtcNow() - left < known.Expiry);
            var session = isKept ? known! : new BenchSession();
            session.LeftAt = null;
            session.Expiry = facts.Version == MqttVersion.V5 ? facts.SessionExpiry : facts.IsPersistent ? TimeSpan.MaxValue : TimeSpan.Zero;
            _sessions[facts.ClientId] = session;
            _connections[connection.Number] = connection;
            return (session, isKept);
        }
    }

    /// <summary>The connection is over.</summary>
    public void Leave(BenchConnection connection, BenchSession session)
    {
        lock (_gate)
        {
            _connections.Remove(connection.Number);
            session.LeftAt = _time.GetUtcNow();
        }
    }

    /// <summary>Subscribes, and returns what was kept for the filter.</summary>
    public IReadOnlyList<(string Topic, ReadOnlyMemory<byte> Payload)> Subscribe(BenchSession session, string filter, QualityOfService qos)
    {
        lock (_gate)
        {
            session.Subscriptions[filter] = qos;
            var bytes = Encoding.UTF8.GetBytes(filter);
            return [.. _kept.Where(k => TopicFilter.IsMatch(bytes, Encoding.UTF8.GetBytes(k.Key))).Select(static k => (k.Key, k.Value))];
        }
    }

    /// <summary>The next packet id for a delivery.</summary>
    public ushort NextId(BenchSession session)
    {
        lock (_gate)
        {
            return session.LastId = session.LastId == ushort.MaxValue ? (ushort)1 : (ushort)(session.LastId + 1);
        }
    }

    /// <summary>Ends a subscription.</summary>
    public void Unsubscribe(BenchSession session, string filter)
    {
        lock (_gate)
        {
            session.Subscriptions.Remove(filter);
        }
    }

    private static QualityOfService? Subscribed(BenchConnection connection, string topic)
    {
        var bytes = Encoding.UTF8.GetBytes(topic);
        var found = connection.Session?.Subscriptions.Where(s => TopicFilter.IsMatch(Encoding.UTF8.GetBytes(s.Key), bytes)).Select(static s => s.Value).ToList();
        return found is { Count: > 0 } ? found.Max() : null;
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                return; // the outage, or the end
            }

            lock (_gate)
            {
                _loops.RemoveAll(static loop => loop.IsCompleted);
                _loops.Add(ServeAsync(socket, ++_count));
            }
        }
    }

    private async Task ServeAsync(Socket socket, int number)
    {
        socket.NoDelay = true;
        await using var plain = new NetworkStream(socket, ownsSocket: true);
        Stream stream = plain;
        if (_certificate is not null)
        {
            var encrypted = new SslStream(plain);
            stream = encrypted;
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
            limit.CancelAfter(HandshakeWithin);
            try
            {
                await encrypted.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, limit.Token);
            }
            catch (Exception e) when (e is IOException or AuthenticationException or OperationCanceledException)
            {
                _record.Add(at => new ConnectRefused(at, number, $"TLS: {e.Message}"));
                return;
            }
        }

        await using (stream)
        {
            using var connection = new BenchConnection(this, _record, stream, number, isTls: _certificate is not null);
            await connection.RunAsync();
        }
    }
}
