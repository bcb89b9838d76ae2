using System.Buffers;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>
/// Bytes in pieces from a pool. The state of a city in one array would be made by doubling, and its halves stay in memory until the oldest generation is collected.
/// </summary>
/// <remarks>Ownership: who fills it, then who reads it and gives the pieces back.</remarks>
internal sealed class PieceBuffer : IBufferWriter<byte>, IDisposable
{
    private const int PieceBytes = 1024 * 1024;

    private readonly List<(byte[] Bytes, int Length)> _full = [];
    private byte[] _piece = [];
    private int _length;

    /// <summary>What was written, in order.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces =>
        _full.Append((Bytes: _piece, Length: _length)).Select(static piece => (ReadOnlyMemory<byte>)piece.Bytes.AsMemory(0, piece.Length));

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_piece.Length - _length));
        _length += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_piece.Length - _length < Math.Max(sizeHint, 1))
        {
            if (_length > 0)
            {
                _full.Add((_piece, _length));
            }
            else if (_piece.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_piece);
            }

            (_piece, _length) = (ArrayPool<byte>.Shared.Rent(Math.Max(sizeHint, PieceBytes)), 0);
        }

        return _piece.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        foreach (var (bytes, _) in _full.Append((Bytes: _piece, Length: _length)))
        {
            if (bytes.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(bytes);
            }
        }

        _full.Clear();
        (_piece, _length) = ([], 0);
    }
}
