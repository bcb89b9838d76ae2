using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>The windows of one length of one detector in order, open or packed: <c>while (MoveNext())</c>. Borrows the page's memory.</summary>
internal ref struct DetectorWindows
{
    private readonly ReadOnlySpan<PackedChunk> _chunks;
    private readonly long _windowMs;
    private ReadOnlySpan<WindowContent> _open;
    private int _chunk;
    private int _at;
    private bool _isOpen;

    public DetectorWindows(ReadOnlySpan<WindowContent> open, ReadOnlySpan<PackedChunk> chunks, long windowMs)
    {
        _open = open;
        _chunks = chunks;
        _windowMs = windowMs;
    }

    /// <summary>Index of the window in the page.</summary>
    public int Window { get; private set; }

    /// <summary>A <see cref="RowTrack"/>.</summary>
    public int Row { get; private set; }

    public FlowCell Cell { get; private set; }

    /// <summary>Its classes.</summary>
    public ClassVolumes Classes { get; private set; }

    public bool MoveNext()
    {
        if (_isOpen)
        {
            _open = _open[1..];
        }

        int next = _at;
        PackedView packed = default;
        bool hasPacked = TryPeek(ref next, ref packed, out int window);
        _isOpen = !_open.IsEmpty && (!hasPacked || _open[0].Window < window);
        if (_isOpen)
        {
            (Window, Row, Cell) = (_open[0].Window, _open[0].Row, _open[0].Cell);
            Classes = new ClassVolumes(_open[0].Classes);
            return true;
        }

        _at = next;
        (Window, Row, Cell) = (window, packed.Row, packed.Cell);
        Classes = new ClassVolumes(packed.Classes);
        return hasPacked;
    }

    private bool TryPeek(scoped ref int next, ref PackedView packed, out int window)
    {
        for (; _chunk < _chunks.Length; _chunk++, next = _at = 0)
        {
            if (next < _chunks[_chunk].Packed.Length)
            {
                packed = PackedWindow.Read(_chunks[_chunk].Packed, ref next, _windowMs);
                window = (_chunk * PackedWindow.PerChunk) + packed.Window;
                return true;
            }
        }

        window = int.MaxValue;
        return false;
    }
}

/// <summary>Vehicles by class number in one window: <c>while (MoveNext())</c>. Borrows the page's memory.</summary>
internal ref struct ClassVolumes
{
    private readonly ReadOnlySpan<long> _open;
    private readonly ReadOnlySpan<byte> _packed;
    private int _at;
    private int _left;

    public ClassVolumes(ReadOnlySpan<long> open) => _open = open;

    public ClassVolumes(ReadOnlySpan<byte> packed)
    {
        _packed = packed;
        _left = packed.IsEmpty ? 0 : (int)PackedWindow.Take(packed, ref _at);
    }

    public int Number { get; private set; }

    /// <summary>As in <see cref="WindowContent.Classes"/>; never 0.</summary>
    public long Volume { get; private set; }

    public bool MoveNext()
    {
        if (_left > 0)
        {
            _left--;
            Number = (int)PackedWindow.Take(_packed, ref _at);
            Volume = (long)PackedWindow.Take(_packed, ref _at);
            return true;
        }

        while (_at < _open.Length)
        {
            Number = _at;
            Volume = _open[_at++];
            if (Volume != 0)
            {
                return true;
            }
        }

        return false;
    }
}
