using System.Buffers.Binary;
using System.IO.Compression;

namespace TrafficCore.Pipeline.Ingest;

/// <summary>
/// How a long network file lies in its record: its length, then Brotli (RFC 7932). A city of 10,000 intersections has a file of 40 MB that says the same over and
/// over, and the body of a record ends at 16 MiB.
/// </summary>
internal static class NetworkFilePacking
{
    /// <summary>Longest file, bytes. 96 MiB: 20,000 intersections with 24 detectors each, twice of what the service is made for.</summary>
    public const int MaxLength = 96 * 1024 * 1024;

    /// <summary>Files up to this length lie in their record as they are. 1 MiB: a few hundred intersections, far below what a body holds.</summary>
    public const int PackAbove = 1024 * 1024;

    // Of 38 MB of a city's JSON 5 leaves a fiftieth in a second; more takes many times as long for little.
    private const int Quality = 5;
    private const int WindowBits = 22;

    /// <summary>The packed file.</summary>
    public static ReadOnlySpan<byte> Pack(ReadOnlySpan<byte> json)
    {
        byte[] packed = new byte[sizeof(uint) + BrotliEncoder.GetMaxCompressedLength(json.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(packed, (uint)json.Length);
        return BrotliEncoder.TryCompress(json, packed.AsSpan(sizeof(uint)), out int length, Quality, WindowBits)
            ? packed.AsSpan(0, sizeof(uint) + length)
            : throw new InvalidOperationException("A buffer of the greatest length was too short.");
    }

    /// <summary>The file again; false when that is not what was packed.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> packed, out byte[] json)
    {
        json = [];
        if (!BinaryPrimitives.TryReadUInt32LittleEndian(packed, out uint length) || length > MaxLength)
        {
            return false;
        }

        json = new byte[length];
        return BrotliDecoder.TryDecompress(packed[sizeof(uint)..], json, out int written) && written == json.Length;
    }
}
