namespace TrafficCore.TestKit.Log;

/// <summary>A file's content as the process sees it and as the disk has it.</summary>
internal sealed class ForgetfulInode
{
    // Finer than any disk block, so that one write list serves every block size.
    private const int Grain = 8;

    private readonly HashSet<long> _dirty = [];
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
        for (var grain = offset / Grain; grain <= (end - 1) / Grain; grain++)
        {
            _dirty.Add(grain);
        }
    }

    public void Sync()
    {
        Array.Resize(ref _durable, _seen.Length);
        foreach (var grain in _dirty)
        {
            CopyGrain(grain, _durable);
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
        copy._dirty.UnionWith(_dirty);
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
        var grains = Math.Max(1, which.BlockBytes / Grain);
        foreach (var block in _dirty.GroupBy(grain => grain / grains).OrderBy(block => block.Key))
        {
            if (which.Survives())
            {
                foreach (var grain in block)
                {
                    CopyGrain(grain, content);
                }
            }
        }

        return content;
    }

    private void CopyGrain(long grain, byte[] target)
    {
        var offset = (int)(grain * Grain);
        var count = Math.Min(Grain, Math.Min(_seen.Length, target.Length) - offset);
        if (count > 0)
        {
            _seen.AsSpan(offset, count).CopyTo(target.AsSpan(offset));
        }
    }
}
