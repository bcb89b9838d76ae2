using TrafficCore.Log;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// What routing has left to do at the end of a pass: outputs to signal once for many messages, and what the session journal must hold before it may
/// leave. Without sessions that outlive the service the second part stays empty and costs nothing.
/// </summary>
/// <remarks>Ownership: who routes, one thread at a time; used again for the next pass.</remarks>
internal sealed class RoutingPass(SessionJournal? journal)
{
    /// <summary>Records of one append: well below the journal's buffer, so that one client's retained messages do not fill it.</summary>
    private const int ChunkBytes = 256 * 1024;

    private readonly List<ConnectionOutput> _touched = [];
    private List<Held>? _held;
    private JournalWriter? _records;
    private int _sealed;

    /// <summary>Something must reach the journal.</summary>
    public bool HasRecords => _held is { Count: > 0 } || _records is { Length: > 0 };

    /// <summary>Where to note changes of session state; null when nothing outlives the service.</summary>
    public JournalWriter? Records => journal is null ? null : _records ??= new JournalWriter(journal);

    public void Touch(ConnectionOutput output)
    {
        if (_touched.Count == 0 || _touched[^1] != output)
        {
            _touched.Add(output);
        }
    }

    /// <summary>Keeps a delivery back until its record is appended. Deliveries of one message are held one behind the other.</summary>
    public void Hold(Session session, in Delivery delivery) => (_held ??= []).Add(new Held(session, delivery));

    /// <summary>Sends once for all messages and answers of the pass.</summary>
    public void SignalAll()
    {
        foreach (var output in _touched)
        {
            output.Signal();
        }

        _touched.Clear();
    }

    /// <summary>
    /// Appends what was noted and queues what was held. False: the journal has no room; wait for it and call again, nothing is lost or doubled.
    /// </summary>
    /// <param name="own">Told when it is durable, beside the outputs that have messages to send then.</param>
    /// <param name="position">What the journal's durable end must reach; 0 when there was nothing.</param>
    public bool TryCommit(ICommitWaiter? own, out long position)
    {
        position = 0;
        while (HasRecords)
        {
            var writer = Records!;
            while (_held is not null && _sealed < _held.Count && writer.Length < ChunkBytes)
            {
                _sealed += writer.Message(_held, _sealed);
            }

            var held = _sealed == 0 ? [] : _held!.GetRange(0, _sealed);
            if (!journal!.TryAppend(writer.Written, held.Count == 0 ? own : new CommitSignal(held, own), out position))
            {
                return false;
            }

            writer.Clear();
            Release(held, position);
        }

        return true;
    }

    /// <summary>The same, waiting for room.</summary>
    public async ValueTask<long> CommitAsync(ICommitWaiter? own, CancellationToken ct)
    {
        long position;
        while (!TryCommit(own, out position))
        {
            await journal!.WaitForRoomAsync(ct);
        }

        return position;
    }

    private void Release(List<Held> held, long position)
    {
        foreach (var (session, delivery) in held)
        {
            // Signalled after it is queued: the commit may have been faster, and its own signal found nothing.
            session.Outbox!.EnqueueReserved(delivery with { Position = position });
            session.Touch(this);
        }

        _held?.RemoveRange(0, held.Count);
        _sealed = 0;
    }

    internal readonly record struct Held(Session Session, Delivery Delivery);

    /// <summary>Lets the outputs of sessions look again: their messages may leave now.</summary>
    private sealed class CommitSignal(List<Held> held, ICommitWaiter? own) : ICommitWaiter
    {
        public void OnCommitted(long durableEnd)
        {
            own?.OnCommitted(durableEnd);
            Session? last = null;
            foreach (var (session, _) in held)
            {
                if (session != last)
                {
                    session.SignalOutput();
                    last = session;
                }
            }
        }
    }
}
