using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// When the first holder passed each window border, for as long back as anything can be held. A window that is opened by
/// back-fill later learns here how long it has been waited for; what is older was passed long ago.
/// </summary>
internal sealed class PassRing(long length, long reachMs)
{
    private readonly List<Pass> _passes = [];
    private long _longAgo = long.MinValue;
    private long _nextBorder = long.MinValue;

    private record struct Pass(long ElapsedMs, long Border);

    /// <summary>The first border that nobody has passed.</summary>
    public long NextBorder => _nextBorder;

    /// <summary>Notes the highest effective watermark at a moment.</summary>
    public void Observe(long highest, long elapsedMs)
    {
        if (highest >= _nextBorder && highest > long.MinValue / 2)
        {
            Append(highest, elapsedMs);
        }
    }

    /// <summary>The border that the first holder had passed at a moment.</summary>
    public long PassedBy(long elapsedMs)
    {
        long border = _longAgo;
        foreach (Pass pass in _passes)
        {
            if (pass.ElapsedMs > elapsedMs)
            {
                break;
            }

            border = pass.Border;
        }

        return border;
    }

    /// <summary>When the first holder passed an end: <see cref="long.MinValue"/> for long ago, <see cref="long.MaxValue"/> for not yet.</summary>
    public long WhenPassed(long end)
    {
        if (_longAgo >= end)
        {
            return long.MinValue;
        }

        foreach (Pass pass in _passes)
        {
            if (pass.Border >= end)
            {
                return pass.ElapsedMs;
            }
        }

        return long.MaxValue;
    }

    public void Write(BodyWriter writer)
    {
        writer.FixedInt64(_longAgo);
        writer.FixedInt64(_nextBorder);
        writer.Count(_passes.Count);
        foreach (Pass pass in _passes)
        {
            writer.Signed(pass.ElapsedMs);
            writer.Signed(pass.Border);
        }
    }

    public void Read(ref BodyReader reader)
    {
        _longAgo = reader.FixedInt64();
        _nextBorder = reader.FixedInt64();
        for (int left = reader.Count(); left > 0; left--)
        {
            _passes.Add(new Pass(reader.Signed(), reader.Signed()));
        }
    }

    private void Append(long highest, long elapsedMs)
    {
        int old = 0;
        while (old < _passes.Count && _passes[old].ElapsedMs < elapsedMs - reachMs)
        {
            _longAgo = _passes[old++].Border;
        }

        _passes.RemoveRange(0, old);
        long border = PageMath.FloorDivide(highest, length) * length;
        _nextBorder = border + length;

        // A fast drain passes many borders in a second: one pass each second, dated late rather than early.
        if (_passes.Count > 0 && PageMath.FloorDivide(_passes[^1].ElapsedMs, 1000) == PageMath.FloorDivide(elapsedMs, 1000))
        {
            _passes.RemoveAt(_passes.Count - 1);
        }

        _passes.Add(new Pass(elapsedMs, border));
    }
}
