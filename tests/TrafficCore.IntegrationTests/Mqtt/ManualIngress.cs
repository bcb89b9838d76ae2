using System.Text;
using TrafficCore.Log;
using TrafficCore.Mqtt.Broker;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.IntegrationTests.Mqtt;

/// <summary>When appended records become durable.</summary>
internal enum CommitMode
{
    /// <summary>When the test says so.</summary>
    Manual,

    /// <summary>Inside the append, before it returns: faster than any log, to catch a waiter that comes too late.</summary>
    Immediate,

    /// <summary>From a thread of its own, as the real log does.</summary>
    Background,
}

/// <summary>
/// A log and its way in, under the test's control. Takes everything below traffic/v1/ but state topics; the payload "bad" is rejected.
/// </summary>
internal sealed class ManualIngress(CommitMode mode) : IPublishIngress
{
    private readonly Lock _gate = new();
    private readonly HashSet<ICommitWaiter> _waiters = [];
    private readonly List<string> _records = [];
    private TaskCompletionSource _room = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _end;
    private long _durable;
    private bool _isFull;
    private bool _isScheduled;

    public IReadOnlyList<string> Records
    {
        get
        {
            lock (_gate)
            {
                return [.. _records];
            }
        }
    }

    public int RefusedCommits { get; private set; }

    public PublishSession OpenSession(ClientIdentity client) => new Session(this, client.ClientId);

    /// <summary>Makes what was appended so far durable, and tells those who wait, on this thread.</summary>
    public void Commit()
    {
        List<ICommitWaiter> waiters;
        long durable;
        lock (_gate)
        {
            durable = _durable = _end;
            waiters = [.. _waiters];
            _waiters.Clear();
            _isScheduled = false;
        }

        waiters.ForEach(w => w.OnCommitted(durable));
    }

    public void Fill()
    {
        lock (_gate)
        {
            _isFull = true;
        }
    }

    public void MakeRoom()
    {
        lock (_gate)
        {
            _isFull = false;
            _room.TrySetResult();
            _room = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private bool TryAppend(List<string> records, ICommitWaiter waiter, out long position)
    {
        lock (_gate)
        {
            position = 0;
            if (_isFull)
            {
                RefusedCommits++;
                return false;
            }

            _records.AddRange(records);
            position = _end += records.Count * 100;
            _waiters.Add(waiter);
            if (mode == CommitMode.Background && !_isScheduled)
            {
                _isScheduled = true;
                ThreadPool.UnsafeQueueUserWorkItem(_ => Commit(), null);
            }
        }

        if (mode == CommitMode.Immediate)
        {
            Commit();
        }

        return true;
    }

    private sealed class Session(ManualIngress log, string clientId) : PublishSession
    {
        private readonly List<string> _collected = [];
        private readonly HashSet<ushort> _exact = [];

        public override PublishOutcome Accept(in PublishView publish)
        {
            if (!publish.Topic.StartsWith("traffic/v1/"u8) || publish.Topic.EndsWith("/state"u8))
            {
                return PublishOutcome.NotIngested;
            }

            var payload = Encoding.UTF8.GetString(publish.Payload);
            _collected.Add(publish.QoS == QualityOfService.ExactlyOnce ? $"{clientId}#{publish.PacketId}:{payload}" : payload);
            if (publish.QoS == QualityOfService.ExactlyOnce)
            {
                _exact.Add(publish.PacketId);
            }

            return payload == "bad" ? PublishOutcome.Rejected : PublishOutcome.Collected;
        }

        public override bool TryRelease(ushort packetId)
        {
            _exact.Remove(packetId);
            _collected.Add($"{clientId}#{packetId} released");
            return true;
        }

        public override void Discard() => _collected.Add($"{clientId} discarded");

        public override bool TryCommit(int acks, ICommitWaiter waiter, out long position)
        {
            if (!log.TryAppend(_collected, waiter, out position))
            {
                return false;
            }

            _collected.Clear();
            return true;
        }

        public override ValueTask WaitForRoomAsync(CancellationToken ct)
        {
            lock (log._gate)
            {
                return log._isFull ? new ValueTask(log._room.Task.WaitAsync(ct)) : ValueTask.CompletedTask;
            }
        }
    }
}
