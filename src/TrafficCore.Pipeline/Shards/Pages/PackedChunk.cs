namespace TrafficCore.Pipeline.Shards;

/// <summary>Up to <see cref="PackedWindow.PerChunk"/> packed windows of one length of one detector, in order. Part of a <see cref="DetectorPage"/>.</summary>
internal struct PackedChunk
{
    // Three windows of a usual reading; a page doubles it four times in an hour of minutes.
    private const int FirstBytes = 64;

    private byte[]? _bytes;
    private int _used;
    private int _last;

    public readonly ReadOnlySpan<byte> Packed => _bytes.AsSpan(0, _used);

    /// <summary>Where a window lies; false when it is not here, with the place where it would be.</summary>
    public readonly bool TryFind(int window, long windowMs, out int at, out PackedView view)
    {
        ReadOnlySpan<byte> packed = Packed;
        at = _last < window ? _used : 0;
        for (int next = at; at < packed.Length; at = next)
        {
            view = PackedWindow.Read(packed, ref next, windowMs);
            if (view.Window >= window)
            {
                return view.Window == window;
            }
        }

        view = default;
        return false;
    }

    /// <summary>Puts a window where it belongs; it is not here yet.</summary>
    public void Add(in WindowContent content, long windowMs, PagePool pool, ref long bytes)
    {
        Span<byte> packed = stackalloc byte[PackedWindow.MaxLength];
        packed = packed[..PackedWindow.Write(packed, in content, windowMs)];
        int window = content.Window % PackedWindow.PerChunk;
        TryFind(window, windowMs, out int at, out _);
        Reserve(packed.Length, pool, ref bytes);
        Span<byte> all = _bytes.AsSpan();
        all[at.._used].CopyTo(all[(at + packed.Length)..]);
        packed.CopyTo(all[at..]);
        _last = at == _used ? window : _last;
        _used += packed.Length;
    }

    /// <summary>Takes a window out.</summary>
    public bool TryTake(int window, long windowMs, PagePool pool, ref WindowContent content)
    {
        if (!TryFind(window, windowMs, out int at, out PackedView view))
        {
            return false;
        }

        content.Cell = view.Cell;
        content.Row = view.Row;
        ReadOnlySpan<byte> classes = view.Classes;
        int next = 0;
        for (int left = classes.IsEmpty ? 0 : (int)PackedWindow.Take(classes, ref next); left > 0; left--)
        {
            int number = (int)PackedWindow.Take(classes, ref next);
            content.Class(number, pool) = (long)PackedWindow.Take(classes, ref next);
        }

        int end = at;
        PackedWindow.Read(Packed, ref end, windowMs);
        _bytes.AsSpan(end, _used - end).CopyTo(_bytes.AsSpan(at));
        _used -= end - at;
        return true;
    }

    public void Release(PagePool pool)
    {
        if (_bytes is { } bytes)
        {
            pool.Return(bytes);
        }

        this = default;
    }

    private void Reserve(int count, PagePool pool, ref long bytes)
    {
        int known = _bytes?.Length ?? 0;
        if (known - _used >= count)
        {
            return;
        }

        byte[] larger = pool.RentBytes(Math.Max(FirstBytes, _used + count));
        bytes += larger.Length - known;
        if (_bytes is { } old)
        {
            old.AsSpan(0, _used).CopyTo(larger);
            pool.Return(old);
        }

        _bytes = larger;
    }
}
