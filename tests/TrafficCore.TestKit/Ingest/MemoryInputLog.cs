using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.TestKit.Ingest;

/// <summary>An input log in memory that can be told to be full.</summary>
/// <remarks>Appends are safe from any thread; everything else belongs to the test.</remarks>
public sealed class MemoryInputLog : IInputLog
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _appends = [];
    private TaskCompletionSource? _waiting;
    private byte[]? _buffer;
    private long _end;
    private int _room = int.MaxValue;

    /// <inheritdoc/>
    public uint Salt => 0x5A17;

    /// <summary>Appends that still fit; further ones are refused.</summary>
    public int Room
    {
        get => _room;
        set
        {
            lock (_gate)
            {
                _room = value;
                if (value > 0)
                {
                    _waiting?.TrySetResult();
                    _waiting = null;
                }
            }
        }
    }

    /// <summary>What was appended, one entry per append.</summary>
    public IReadOnlyList<byte[]> Appends => _appends;

    /// <summary>Position behind the last record.</summary>
    public long End => _end;

    /// <summary>Acknowledgements named with appends.</summary>
    public int Acks { get; private set; }

    /// <summary>Keeps only the last append, in memory made once, so that measuring allocations is not disturbed.</summary>
    public void KeepOnlyLast(int bytes) => _buffer = new byte[bytes];

    /// <inheritdoc/>
    public bool TryAppend(ReadOnlySpan<byte> sealedRecords, int acks, ICommitWaiter? waiter, out long end)
    {
        lock (_gate)
        {
            end = _end;
            if (_room == 0)
            {
                return false;
            }

            _room--;
            Acks += acks;
            if (_buffer is null)
            {
                _appends.Add(sealedRecords.ToArray());
            }
            else
            {
                sealedRecords.CopyTo(_buffer);
            }

            end = _end += sealedRecords.Length;
            return true;
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitForRoomAsync(CancellationToken cancel)
    {
        lock (_gate)
        {
            return _room > 0
                ? default
                : new ValueTask((_waiting ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancel));
        }
    }
}
