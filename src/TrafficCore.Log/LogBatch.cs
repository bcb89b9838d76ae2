namespace TrafficCore.Log;

/// <summary>Whole records that follow each other, in pinned pooled memory.</summary>
/// <remarks>
/// Ownership: shared by reference count. Who gets a batch gets one reference and releases it; who hands it on to another
/// thread adds one first. At 0 the memory is used again, so nothing of it may be touched after the own release.
/// </remarks>
public sealed class LogBatch
{
    private readonly IBatchOwner _owner;
    private int _references;
    private int _length;

    internal LogBatch(IBatchOwner owner, int capacity)
    {
        _owner = owner;
        Memory = GC.AllocateUninitializedArray<byte>(capacity, pinned: true);
    }

    /// <summary>Position of the first record.</summary>
    public long Start { get; private set; }

    /// <summary>Position behind the last record.</summary>
    public long End => Start + _length;

    /// <summary>The records, headers and padding included.</summary>
    public ReadOnlySpan<byte> Records => Memory.AsSpan(0, _length);

    internal byte[] Memory { get; }

    internal int Length => _length;

    internal int Room => Memory.Length - _length;

    /// <summary>Adds a reference; the caller holds one already.</summary>
    public void AddReference() => Interlocked.Increment(ref _references);

    /// <summary>Gives a reference back.</summary>
    /// <exception cref="InvalidOperationException">There was none left: somebody released twice.</exception>
    public void Release()
    {
        var left = Interlocked.Decrement(ref _references);
        if (left == 0)
        {
            _owner.Return(this);
        }
        else if (left < 0)
        {
            throw new InvalidOperationException("A log batch was released more often than it was referenced.");
        }
    }

    /// <summary>Walks through the records in order.</summary>
    public LogBatchWalker Walk() => new(this);

    /// <summary>Begins a new life at a position, with one reference.</summary>
    internal void Begin(long start)
    {
        Start = start;
        _length = 0;
        _references = 1;
    }

    internal void Add(ReadOnlySpan<byte> records)
    {
        records.CopyTo(Memory.AsSpan(_length));
        _length += records.Length;
    }

    internal void SetLength(int length) => _length = length;
}

/// <summary>Takes back batches that nobody refers to any more; called on any thread.</summary>
internal interface IBatchOwner
{
    void Return(LogBatch batch);
}

/// <summary>Steps through a batch: <c>while (walker.MoveNext()) use(walker.Current)</c>, or foreach.</summary>
public ref struct LogBatchWalker
{
    private readonly ReadOnlySpan<byte> _records;
    private readonly long _start;
    private int _offset;
    private int _next;

    internal LogBatchWalker(LogBatch batch)
    {
        _records = batch.Records;
        _start = batch.Start;
    }

    /// <summary>The record stepped to.</summary>
    public readonly LogRecord Current
    {
        get
        {
            var header = RecordCodec.ReadHeader(_records[_offset..]);
            var body = _records.Slice(_offset + RecordHeader.Size, header.Length);
            return new LogRecord(_start + _offset, _start + _next, header, body);
        }
    }

    /// <summary>For foreach.</summary>
    public readonly LogBatchWalker GetEnumerator() => this;

    /// <summary>Steps to the next record, false behind the last.</summary>
    public bool MoveNext()
    {
        if (_next >= _records.Length)
        {
            return false;
        }

        _offset = _next;
        _next += RecordCodec.SizeOf(RecordCodec.ReadHeader(_records[_offset..]).Length);
        return true;
    }
}
