using System.Security.Cryptography;

namespace TrafficCore.Log;

/// <summary>The bytes of a segment that count, whether it is packed or not.</summary>
internal static class SegmentContent
{
    private const int ChunkBytes = 1024 * 1024;

    /// <summary>SHA-256 of the positions from the segment's base to an end; null when <paramref name="pause"/> said to give up.</summary>
    /// <param name="segment">The segment.</param>
    /// <param name="file">Its file, or the file that is to take its place.</param>
    /// <param name="end">Where its validity ends; a file that ends earlier gives another hash.</param>
    /// <param name="pause">Called after each MiB; false: the work is to be given up. Null: nobody minds.</param>
    public static byte[]? Hash(Segment segment, ILogFile file, long end, Func<bool>? pause = null)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var chunk = new byte[Math.Min(ChunkBytes, Math.Max(0, end - segment.Base))];
        for (var position = segment.Base; position < end;)
        {
            var part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, end - position));
            var read = file.Read(part, segment.OffsetOf(position));
            hash.AppendData(part[..read]);
            if (pause?.Invoke() == false)
            {
                return null;
            }

            position = read == part.Length ? position + read : end;
        }

        return hash.GetHashAndReset();
    }
}
