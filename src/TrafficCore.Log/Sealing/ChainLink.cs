using System.Buffers.Binary;
using System.Security.Cryptography;

namespace TrafficCore.Log;

/// <summary>One sealed segment in the chain of hashes: each hash takes in the one before, so none can be changed alone.</summary>
/// <param name="Sequence">Sequence number of the segment.</param>
/// <param name="Base">Its first position.</param>
/// <param name="End">Position behind its last byte that counts.</param>
/// <param name="Content">SHA-256 of the bytes between, as they were before packing.</param>
/// <param name="Hash">SHA-256 of the link before, and of everything above.</param>
internal sealed record ChainLink(long Sequence, long Base, long End, byte[] Content, byte[] Hash)
{
    public const int HashBytes = SHA256.HashSizeInBytes;

    /// <summary>Bytes in the chain's file.</summary>
    public const int Size = (3 * sizeof(long)) + (2 * HashBytes);

    private const int ContentOffset = 3 * sizeof(long);

    private const int HashOffset = ContentOffset + HashBytes;

    // A hash of a link can then never be taken for one of anything else.
    private static ReadOnlySpan<byte> Domain => "TCLOGLNK"u8;

    /// <summary>The link behind one with the hash <paramref name="previous"/>.</summary>
    public static ChainLink After(ReadOnlySpan<byte> previous, long sequence, long @base, long end, byte[] content)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Domain);
        hash.AppendData(previous);
        Span<byte> numbers = stackalloc byte[ContentOffset];
        WriteNumbers(numbers, sequence, @base, end);
        hash.AppendData(numbers);
        hash.AppendData(content);
        return new ChainLink(sequence, @base, end, content, hash.GetHashAndReset());
    }

    /// <summary>Whether this is the link that follows the hash.</summary>
    public bool Follows(ReadOnlySpan<byte> previous) => After(previous, Sequence, Base, End, Content).Hash.AsSpan().SequenceEqual(Hash);

    public void Write(Span<byte> target)
    {
        WriteNumbers(target, Sequence, Base, End);
        Content.CopyTo(target[ContentOffset..]);
        Hash.CopyTo(target[HashOffset..]);
    }

    public static ChainLink Read(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt64LittleEndian(source),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
        source.Slice(ContentOffset, HashBytes).ToArray(),
        source.Slice(HashOffset, HashBytes).ToArray());

    private static void WriteNumbers(Span<byte> target, long sequence, long @base, long end)
    {
        BinaryPrimitives.WriteInt64LittleEndian(target, sequence);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], @base);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], end);
    }
}
