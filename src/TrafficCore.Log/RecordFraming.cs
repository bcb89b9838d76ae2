namespace TrafficCore.Log;

/// <summary>Walks through sealed records by their lengths alone.</summary>
internal static class RecordFraming
{
    /// <summary>Sum of the header counts.</summary>
    /// <exception cref="ArgumentException">Empty, too long, or not a sequence of whole records.</exception>
    public static long Count(ReadOnlySpan<byte> records)
    {
        if (records.IsEmpty || records.Length > SegmentStore.MaxBatchBytes)
        {
            throw new ArgumentException($"Records of 1 to {SegmentStore.MaxBatchBytes} bytes are taken at once, not {records.Length}.", nameof(records));
        }

        var count = 0L;
        while (!records.IsEmpty)
        {
            if (records.Length < RecordHeader.Size || !RecordCodec.LooksLikeHeader(records))
            {
                throw new ArgumentException("These bytes are not sealed records.", nameof(records));
            }

            var header = RecordCodec.ReadHeader(records);
            var size = RecordCodec.SizeOf(header.Length);
            if (size > records.Length)
            {
                throw new ArgumentException("The last record is cut off.", nameof(records));
            }

            count += header.Count;
            records = records[size..];
        }

        return count;
    }
}
