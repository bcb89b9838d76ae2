namespace TrafficCore.LoadBench.Profile;

/// <summary>A part of the service that processor time is told by.</summary>
/// <param name="Name">Name in results.</param>
/// <param name="Threads">Begins of thread names whose whole time is of this part; threads that do many things are in none.</param>
/// <param name="Frames">Texts that a stack frame of this part holds: namespaces and classes of the service, libraries, functions of the kernel.</param>
internal sealed record ProfilePart(string Name, string[] Threads, string[] Frames)
{
    /// <summary>What nobody claims.</summary>
    public const string Other = "other";

    /// <summary>What only the runtime and its libraries claim.</summary>
    public const string RuntimeElse = "runtime: collections and everything else";

    private const string RuntimeLibrary = "libcoreclr";
    private static readonly string[] Runtime = [RuntimeLibrary, "System.", "Microsoft."];

    private const string Compilation = "runtime: compilation";

    /// <summary>The parts, in the order in which they are asked for a frame.</summary>
    public static readonly IReadOnlyList<ProfilePart> All =
    [
        new(Compilation, [".NET Tiered"], ["libclrjit"]),
        new("acknowledge: from durable to PUBACK", [], ["PendingAcks", "MqttEncoder::Ack", "OnCommitted"]),
        new("log: append, commit, seal", ["log-seal", "log-prepare"], ["TrafficCore.Log.", "ext4_", "jbd2_", "fdatasync", "vfs_fsync", "vfs_write", "pwrite"]),
        new("windows: shards and their output", ["trafficcore sha", "trafficcore out"], ["TrafficCore.Pipeline.Shards", "TrafficCore.Pipeline.Dispatch", "TrafficCore.Pipeline.Output", "TrafficCore.Traffic.Windows"]),
        new("ledger's own reader", ["trafficcore led"], ["TrafficCore.Pipeline.Ledger"]),
        new("databases", ["sqlite-sink", "history-reader"], ["TrafficCore.Storage", "e_sqlite3"]),
        new("parse: payload to readings", [], ["TrafficCore.Traffic.Readings"]),
        new("meaning: topic to device, record", [], ["TrafficCore.Host.Ingress", "TrafficCore.Pipeline.Ingest"]),
        new("frame: bytes to packets, sessions", [], ["TrafficCore.Mqtt.", "TrafficCore.Mqtt.Broker"]),
        new("socket: kernel and transport", [], ["System.Net.Sockets", "Kestrel", "System.IO.Pipelines", "libSystem.Native", "tcp_", "sock_", "skb_", "inet_", "epoll_", "__sys_send", "__sys_recv"]),
        new("threads: waking and waiting", [], ["futex", "LowLevelLifoSemaphore", "WaitHandle"]),
    ];

    /// <summary>The part of a sample: that of its thread, else that of the innermost frame which one claims; what is left is the runtime or nobody's.</summary>
    /// <param name="thread">Name of the thread.</param>
    /// <param name="frames">Frames, innermost first.</param>
    public static string Of(string thread, IReadOnlyList<string> frames)
    {
        // A collection runs on whichever thread asked for memory, also on those that are of one part; its frames have no names.
        if (frames is [var innermost, ..] && innermost.Contains(RuntimeLibrary, StringComparison.Ordinal))
        {
            return RuntimeElse;
        }

        return All.FirstOrDefault(p => p.Owns(thread))?.Name
            ?? frames.Select(static frame => All.FirstOrDefault(p => p.Claims(frame))).FirstOrDefault(static p => p is not null)?.Name
            ?? (frames.Any(static frame => Runtime.Any(text => frame.Contains(text, StringComparison.Ordinal))) ? RuntimeElse : Other);
    }

    private bool Owns(string thread) => Threads.Any(begin => thread.StartsWith(begin, StringComparison.Ordinal));

    private bool Claims(string frame) => Frames.Any(text => frame.Contains(text, StringComparison.Ordinal));
}
