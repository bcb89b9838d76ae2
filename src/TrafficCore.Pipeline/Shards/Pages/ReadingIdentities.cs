using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>What adding an identity found.</summary>
internal enum IdentityOutcome
{
    Added,
    Repeat,

    /// <summary>A repeat with other values; the first wins.</summary>
    Conflict,
}

/// <summary>
/// The exact set of <c>ts</c> of one detector in one page. As long as all readings lie on one grid of at least 1 s it is
/// a bit and a 16-bit fingerprint of the values per step; a reading beside the grid turns it into a <see cref="MillisecondSet"/>.
/// </summary>
/// <remarks>The fingerprint only tells repeats with other values (a metric); 1 in 65,536 of those is taken for a plain repeat.</remarks>
internal sealed class ReadingIdentities(int spanMs)
{
    /// <summary>Below it fingerprints would cost more than the set, and the contract's devices count for seconds.</summary>
    private const uint ShortestStep = 1000;

    private uint _step;
    private uint _phase;
    private ushort[]? _fingerprints;
    private ulong[]? _seen;
    private MillisecondSet? _set;

    public int Bytes => 48 + (_seen is null ? 0 : (_seen.Length * 8) + (_fingerprints!.Length * 2)) + (_set?.Bytes ?? 0);

    /// <summary>Adds an offset from the page's start.</summary>
    public IdentityOutcome Add(uint offset, uint interval, ushort fingerprint, PagePool pool)
    {
        if (_set is null && _seen is null)
        {
            Begin(offset, interval);
        }

        if (_seen is not null)
        {
            uint step = offset / _step;
            if (offset - (step * _step) == _phase)
            {
                return AddStep(step, fingerprint);
            }

            LeaveGrid(pool);
        }

        return _set!.Add((int)offset, pool) ? IdentityOutcome.Added : IdentityOutcome.Repeat;
    }

    public void Release(PagePool pool) => _set?.Release(pool);

    public void Write(BodyWriter writer)
    {
        writer.Byte(_seen is not null ? (byte)1 : _set is not null ? (byte)2 : (byte)0);
        _set?.Write(writer);
        if (_seen is null)
        {
            return;
        }

        writer.Unsigned(_step);
        writer.Unsigned(_phase);
        for (int step = 0; step < _fingerprints!.Length; step++)
        {
            // One varint per step: 0 for nothing seen.
            bool seen = (_seen[step >> 6] >> (step & 63) & 1) != 0;
            writer.Unsigned(seen ? _fingerprints[step] + 1u : 0);
        }
    }

    public static ReadingIdentities Read(ref BodyReader reader, int spanMs, PagePool pool)
    {
        var identities = new ReadingIdentities(spanMs);
        byte form = reader.Byte();
        if (form == 2)
        {
            identities._set = MillisecondSet.Read(ref reader, spanMs, pool);
        }
        else if (form == 1)
        {
            identities.UseGrid((uint)reader.Int32(), (uint)reader.Int32());
            for (uint step = 0; step < identities._fingerprints!.Length; step++)
            {
                if (reader.Int32() is > 0 and int value)
                {
                    identities.AddStep(step, (ushort)(value - 1));
                }
            }
        }

        return identities;
    }

    private void Begin(uint offset, uint interval)
    {
        if (interval >= ShortestStep)
        {
            UseGrid(interval, offset % interval);
        }
        else
        {
            _set = new MillisecondSet(spanMs);
        }
    }

    private void UseGrid(uint step, uint phase)
    {
        _step = step;
        _phase = phase;
        int steps = (int)((uint)spanMs / step) + 1;
        _seen = new ulong[(steps + 63) >> 6];
        _fingerprints = new ushort[steps];
    }

    private IdentityOutcome AddStep(uint step, ushort fingerprint)
    {
        ref ulong word = ref _seen![step >> 6];
        ulong bit = 1UL << (int)(step & 63);
        if ((word & bit) != 0)
        {
            return _fingerprints![step] == fingerprint ? IdentityOutcome.Repeat : IdentityOutcome.Conflict;
        }

        word |= bit;
        _fingerprints![step] = fingerprint;
        return IdentityOutcome.Added;
    }

    private void LeaveGrid(PagePool pool)
    {
        _set = new MillisecondSet(spanMs);
        for (int step = 0; step < _fingerprints!.Length; step++)
        {
            if ((_seen![step >> 6] >> (step & 63) & 1) != 0)
            {
                _set.Add((int)((step * _step) + _phase), pool);
            }
        }

        _seen = null;
        _fingerprints = null;
    }
}
