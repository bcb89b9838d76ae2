using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Ledger;

/// <summary>Follows the files of the input log on a thread of its own and counts what was received.</summary>
/// <remarks>
/// Ownership: the thread owns the reader and the counts. Others ask through <see cref="AtAsync"/>; positions that are asked
/// for must not go back, so whoever asks holds the ledger's turn.
/// </remarks>
internal sealed class ReceivedReader : IDisposable
{
    // Ledger reads and snapshots take turns; more than a handful of requests cannot be waiting.
    private const int Requests = 16;

    private readonly LogReader _reader;
    private readonly ReceivedCounts _counts;
    private readonly LoopQueue<Request> _queue = new(Requests);
    private readonly Thread _thread;
    private long _position;

    public ReceivedReader(LogReader reader, ReceivedCounts counts, long position)
    {
        _reader = reader;
        _counts = counts;
        _position = position;
        _thread = new Thread(Run) { IsBackground = true, Name = "trafficcore ledger" };
    }

    /// <summary>Everything below was counted.</summary>
    public long Position => Volatile.Read(ref _position);

    public void Start() => _thread.Start();

    /// <summary>Counts up to a durable position, then looks at the counts.</summary>
    public async Task<T> AtAsync<T>(long position, Func<ReceivedCounts, T> look)
    {
        T result = default!;
        var request = new Request(position, counts => result = look(counts));
        if (!_queue.TryWrite(request))
        {
            throw new InvalidOperationException("The ledger's reader has ended.");
        }

        await request.Done.Task;
        return result;
    }

    public void Dispose()
    {
        _queue.Complete();
        if (_thread.ThreadState != ThreadState.Unstarted)
        {
            _thread.Join();
        }

        _reader.Dispose();
    }

    private void Run()
    {
        while (_queue.WaitToRead())
        {
            while (_queue.TryRead(out var request))
            {
                Handle(request);
            }
        }
    }

    private void Handle(Request request)
    {
        try
        {
            Advance(request.Position);
            request.Look(_counts);
            request.Done.TrySetResult();
        }
        catch (Exception exception)
        {
            // Whoever asked is told; counting goes on from the same place when the disk can be read again.
            request.Done.TrySetException(exception);
        }
    }

    private void Advance(long position)
    {
        while (_position < position)
        {
            switch (_reader.Read(out var record))
            {
                case LogReadStatus.Record:
                    _counts.Add(record.Header, record.Body);
                    Volatile.Write(ref _position, record.Next);
                    break;
                case LogReadStatus.Gap:
                    _counts.Add(DamagedRange.Read(_reader));
                    Volatile.Write(ref _position, _reader.Gap.To);
                    break;
                default:
                    throw new InvalidDataException($"The input log ends at {_position}, before the durable position {position}.");
            }
        }
    }

    private sealed record Request(long Position, Action<ReceivedCounts> Look)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
