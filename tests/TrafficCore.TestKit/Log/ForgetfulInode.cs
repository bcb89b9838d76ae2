namespace TrafficCore.TestKit.Log;

/// <summary>A file's content as the process sees it and as the disk has it.</summary>
internal sealed class ForgetfulInode
{
    // Byte ranges written since the last sync; they may overlap.
    private readonly List<(long From, long To)> _dirty = [];
    private byte[] _seen;
    private byte[] _durable;

    public ForgetfulInode(long length)
    {
        _seen = new byte[length];
        _durable = [];
    }

    private ForgetfulInode(byte[] seen, byte[] durable) => (_seen, _durable) = (seen, durable);

    public long Length => _seen.Length;

    /// <summary>The bytes as the process sees them; a test may damage them.</summary>
    public byte[] Seen => _seen;

    public int Read(Span<byte> destination, long offset)
    {
        if (offset >= _seen.Length)
        {
            return 0;
        }

        var count = (int)Math.Min(destination.Length, _seen.Length - offset);
        _seen.AsSpan((int)offset, count).CopyTo(destination);
        return count;
    }

    public void Write(ReadOnlySpan<byte> source, long offset)
    {
        if (source.IsEmpty)
        {
            return;
        }

        var end = offset + source.Length;
        if (end > _seen.Length)
        {
            Array.Resize(ref _seen, (int)end);
        }

        source.CopyTo(_seen.AsSpan((int)offset));
        _dirty.Add((offset, end));
    }

    public void Sync()
    {
        Array.Resize(ref _durable, _seen.Length);
        foreach (var (from, to) in _dirty)
        {
            Copy(from, to, _durable);
        }

        _dirty.Clear();
    }

    /// <summary>
    /// As Linux does it: some of the pages reach the disk, all of them are clean afterwards, and a later sync succeeds
    /// without writing them.
    /// </summary>
    public void FailSync(PowerLoss which)
    {
        _durable = Survivors(which);
        _dirty.Clear();
    }

    /// <summary>The process is killed: the page cache stays, and what was not synced is not.</summary>
    public ForgetfulInode AfterKill()
    {
        var copy = new ForgetfulInode([.. _seen], [.. _durable]);
        copy._dirty.AddRange(_dirty);
        return copy;
    }

    public ForgetfulInode AfterPowerLoss(PowerLoss which)
    {
        var survivors = Survivors(which);
        return new ForgetfulInode(survivors, [.. survivors]);
    }

    private byte[] Survivors(PowerLoss which)
    {
        var content = new byte[_seen.Length != _durable.Length && which.Survives() ? _seen.Length : _durable.Length];
        _durable.AsSpan(0, Math.Min(_durable.Length, content.Length)).CopyTo(content);
        var fates = new Dictionary<long, bool>();
        foreach (var (from, to) in _dirty)
        {
            for (var block = from / which.BlockBytes; block * which.BlockBytes < to; block++)
            {
                if (!fates.TryGetValue(block, out var survives))
                {
                    fates[block] = survives = which.Survives();
                }

                if (survives)
                {
                    Copy(Math.Max(from, block * which.BlockBytes), Math.Min(to, (block + 1) * which.BlockBytes), content);
                }
            }
        }

        return content;
    }

    private void Copy(long from, long to, byte[] target)
    {
        var count = (int)(Math.Min(to, Math.Min(_seen.Length, target.Length)) - from);
        if (count > 0)
        {
            _seen.AsSpan((int)from, count).CopyTo(target.AsSpan((int)from));
        }
    }
}
