using System.Buffers.Binary;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Host.Ingress;

/// <summary>What one socket read brought in, as sealed records, and what of it is counted when it is appended.</summary>
/// <remarks>Ownership: lent to one session from its first record until everything is appended.</remarks>
internal sealed class IntakeBatch
{
    // Records stay together up to here; the log takes 16 MiB at once, and smaller bites let other connections in between.
    private const int MaxAppend = 4 * 1024 * 1024;

    private int _sent;

    public InputRecordWriter Writer { get; } = new();

    /// <summary>The receive time that times are judged by: now, or when it was received first. Records carry the present one.</summary>
    public long ReceivedMs { get; private set; }

    public long ElapsedMs { get; private set; }

    public int Readings { get; set; }

    public int Events { get; set; }

    public int Observations { get; set; }

    public int ServerTimes { get; set; }

    /// <summary>Readings, events and observations taken in.</summary>
    public int Taken => Readings + Events + Observations;

    public void Begin(uint salt, ServiceClock clock, long? receivedMs = null)
    {
        long now = clock.NowMs;
        ReceivedMs = receivedMs ?? now;
        ElapsedMs = clock.ElapsedMs;
        Writer.Begin(salt, now, ElapsedMs);
        Readings = Events = Observations = ServerTimes = _sent = 0;
    }

    /// <summary>Appends what is not appended yet; false when the log has no room, and the rest waits.</summary>
    public bool TryAppend(IInputLog log, ref int acks, ICommitWaiter waiter, ref long end)
    {
        ReadOnlySpan<byte> records = Writer.Complete();
        while (_sent < records.Length)
        {
            ReadOnlySpan<byte> next = Next(records[_sent..]);
            if (!log.TryAppend(next, acks, waiter, out long position))
            {
                return false;
            }

            acks = 0;
            end = position;
            _sent += next.Length;
        }

        return true;
    }

    // The next whole records, as many as are appended at once.
    private static ReadOnlySpan<byte> Next(ReadOnlySpan<byte> records)
    {
        if (records.Length <= MaxAppend)
        {
            return records;
        }

        int length = 0;
        int size = SizeAt(records, 0);
        while (length == 0 || (length < records.Length && length + size <= MaxAppend))
        {
            length += size;
            size = length < records.Length ? SizeAt(records, length) : 0;
        }

        return records[..length];
    }

    private static int SizeAt(ReadOnlySpan<byte> records, int offset) =>
        RecordCodec.SizeOf(BinaryPrimitives.ReadInt32LittleEndian(records[offset..]));
}
