using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Mqtt.Broker;

/// <summary>Settings of the MQTT server. Bound once at start.</summary>
public sealed class BrokerOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Mqtt";

    /// <summary>TCP port. Default 1883, the port that IANA registered for MQTT. 0 takes any free port.</summary>
    [Range(0, 65535)]
    public int Port { get; set; } = 1883;

    /// <summary>Clients need no account. Default false: the listener is then bound to loopback until accounts are configured.</summary>
    public bool Anonymous { get; set; }

    /// <summary>
    /// Address to listen on: an IP address of this machine, <c>localhost</c>, or <c>*</c> for all. Default: 127.0.0.1 while there are no accounts;
    /// all addresses, over IPv6 and IPv4, with accounts or with <see cref="Anonymous"/>.
    /// </summary>
    public string Address { get; set; } = "";

    /// <summary>First levels of every topic that the service takes in. Default `traffic/v1`; no wildcards, no empty levels, at most 256 characters.</summary>
    [Required, StringLength(256), RegularExpression("[^+#$\\0/][^+#\\0/]*(/[^+#\\0/]+)*", ErrorMessage = "must be levels without wildcards, such as traffic/v1")]
    public string TopicRoot { get; set; } = "traffic/v1";

    /// <summary>
    /// The largest packet a client may send, header included. Default 256 KiB: an array of 1,000 readings of about 150 bytes fits, and a
    /// connection cannot claim more memory than that. A longer declared length closes the connection before the body is read. A CONNECT may be
    /// 16 KiB longer than <see cref="MaxClientIdLength"/> and <see cref="MaxWillBytes"/> at most, because nobody knows yet who sends it.
    /// </summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxPacketSize { get; set; } = 256 * 1024;

    /// <summary>Time from the connection to a whole CONNECT. Default 10 s: several round trips of a bad mobile link.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest keep-alive of a 5.0 client; one that asks for more is told this. Default 60 s: a device that is gone is noticed within 90 s, and one that
    /// reports every minute needs no extra packet. 0: as the client asks. Earlier versions cannot be told, and keep what they ask for.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "18:12:15")]
    public TimeSpan MaxKeepAlive { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Time from the first byte of a packet to its last. Default 60 s: the largest packet, 256 KiB, takes 52 s over a GPRS link of 40 kbit/s. Keep-alive
    /// alone would let a client without one hold part of a packet for ever.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan PacketTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A peer that takes no bytes for this long is closed. Default 60 s: TCP itself would try for about 15 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Connections at one time. Default 20,000: twice the devices of a large city, and below the usual limit of descriptors. More are
    /// closed at once and counted.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 20_000;

    /// <summary>
    /// Sessions, connected or kept. Default 100,000: five for each connection, since a device that was replaced leaves its session until it expires.
    /// A new client beyond is refused and counted.
    /// </summary>
    [Range(1, 10_000_000)]
    public int MaxSessions { get; set; } = 100_000;

    /// <summary>
    /// Sessions of one account, connected or kept. Default 1,000: a gateway for some hundred devices, and a hundredth of <see cref="MaxSessions"/>, so that one stolen account does not take them
    /// all. A new client beyond is refused (0x97). 0: no limit.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxSessionsPerAccount { get; set; } = 1000;

    /// <summary>
    /// How long a session is kept after its connection. Default 7 days, as long as late data is accepted. 5.0 clients that ask for more are
    /// told; 3.1.1 clients without clean session get this.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "3650.00:00:00")]
    public TimeSpan MaxSessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// QoS 1 and 2 publishes of one 5.0 client that may wait for their acknowledgement. Default 1,024: with a commit every 5 ms a client
    /// gets 200,000 a second through. A 3.1.1 client knows no such limit; of it, no more is read from the socket when 65,535 wait, and QoS 2 publishes
    /// without their PUBREL beyond this number take 64 bytes each of the common half of <see cref="QueueBytesTotal"/>; one that finds no room there closes the connection.
    /// </summary>
    [Range(1, 65535)]
    public int ReceiveMaximum { get; set; } = 1024;

    /// <summary>
    /// QoS 1 and 2 messages on their way to one client, if it does not ask for fewer. Default 64: enough for 640 a second over a round
    /// trip of 100 ms; boards get a few an hour.
    /// </summary>
    [Range(1, 65535)]
    public int MaxInFlight { get; set; } = 64;

    /// <summary>
    /// Messages that wait for one client, connected or not. Default 1,000. Full: the new message is dropped for this client and counted
    /// (`queue-full`). Retained messages that a SUBSCRIBE asks for are not cut off by it.
    /// </summary>
    [Range(1, 10_000_000)]
    public int QueueMessages { get; set; } = 1000;

    /// <summary>Bytes of payload and topic that wait for one client. Default 4 MiB: 1,000 messages of 4 KiB. Full: as <see cref="QueueMessages"/>.</summary>
    [Range(1024, int.MaxValue)]
    public int QueueBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>
    /// Bytes that all sessions together keep queued or in flight, each message with 256 of overhead. Half is divided among <see cref="MaxSessions"/>, and each session has its share to itself; what
    /// it keeps beyond comes out of the other half, and when that is used up new messages beyond a share are dropped and counted (`AllQueuesFull`). Default 512 MiB, with the journal's own
    /// copy two thirds of the heap that the systemd unit allows: 2.6 KiB for each session, a few messages of a board. At most 1 GiB, so that the journal's snapshot fits into an array.
    /// </summary>
    [Range(1024 * 1024, 1024 * 1024 * 1024)]
    public long QueueBytesTotal { get; set; } = 512 * 1024 * 1024;

    /// <summary>Subscriptions of one client. Default 1,024: a supervisor that names a thousand devices. More are refused (0x97).</summary>
    [Range(1, 1_000_000)]
    public int MaxSubscriptions { get; set; } = 1024;

    /// <summary>
    /// Retained messages of clients. Default 100,000: states and status of 50,000 devices. More are counted and refused (0x97), or only delivered
    /// where the client cannot be told (3.1.1, QoS 0, wills). The service's own messages do not count.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxRetainedMessages { get; set; } = 100_000;

    /// <summary>Bytes of topics and payloads that clients retain. Default 64 MiB: 100,000 of 670 bytes.</summary>
    [Range(0, long.MaxValue)]
    public long MaxRetainedBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Bytes of a client's will: topic, payload and properties. Default 4 KiB: a state is a word or a small object, and each of <see cref="MaxSessions"/> may keep one for as long as
    /// its delay. A longer one is refused with its connection (0x97).
    /// </summary>
    [Range(0, 16 * 1024 * 1024)]
    public int MaxWillBytes { get; set; } = 4096;

    /// <summary>
    /// Topic aliases that a 5.0 client may set, and the most that are set for one. Default 16: a cabinet that sends each of its topics once by name.
    /// </summary>
    [Range(0, 65535)]
    public int TopicAliasMaximum { get; set; } = 16;

    /// <summary>Bytes of a client id. Default 256: ids of 64 characters with room for prefixes of other systems.</summary>
    [Range(23, 65535)]
    public int MaxClientIdLength { get; set; } = 256;

    /// <summary>
    /// What a 3.1.1 client meets that publishes where it may not: true closes its connection, false acknowledges and drops [MQTT-3.3.5-2].
    /// Default true: a device that is set up wrong is noticed. Counted either way.
    /// </summary>
    public bool CloseOnDeniedPublish { get; set; } = true;

    /// <summary>
    /// Connections of one address (IPv6: one /64). Default 0, no limit: a city's modems often come out of one address of their carrier. More are closed at once and
    /// counted.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxConnectionsPerAddress { get; set; }

    /// <summary>Connections that one address (IPv6: one /64) may open in a second, and at once. Default 0, no limit: after a power cut all of a carrier's devices come back together.</summary>
    [Range(0, 1_000_000)]
    public int MaxConnectsPerSecond { get; set; }

    /// <summary>
    /// Packets that one client may send in a second, and at once. Default 0, no limit: a device that back-fills a week is not an attacker. More are not refused: nothing more is read from
    /// its socket until they are paid for.
    /// </summary>
    [Range(0, 10_000_000)]
    public int MaxPacketsPerSecond { get; set; }

    /// <summary>Bytes that one client may send in a second. Default 0, no limit; beyond it as <see cref="MaxPacketsPerSecond"/>.</summary>
    [Range(0, long.MaxValue)]
    public long MaxBytesPerSecond { get; set; }
}
