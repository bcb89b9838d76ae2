using System.Runtime.CompilerServices;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Pipeline.Shards;

/// <summary>How the time of something numbered stands to its device's watermark.</summary>
internal enum SequenceTime : byte
{
    /// <summary>Newer than everything before it: a counter that goes back here was begun anew.</summary>
    Ahead,

    /// <summary>Not newer: back-filled.</summary>
    Behind,

    /// <summary>Says nothing: refused, sent before, or of a time that the service could not judge.</summary>
    Unknown,
}

/// <summary>
/// Judges a device's own counter. A number that is jumped over is missing until it comes after all; a counter that goes back while time goes
/// on was begun anew, which is no loss. Where number and time contradict each other nothing is counted.
/// </summary>
internal static class SequenceRule
{
    /// <summary>A jump beyond this is a new counter: twelve days of a reading a second, longer than a device may be away.</summary>
    public const int MaxMissing = 1 << 20;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Take(ref DeviceState device, DeviceDetails details, uint sequence, SequenceTime time, LedgerTotals shard)
    {
        // Modulo 2^32, so that a counter that wraps goes on.
        int step = unchecked((int)(sequence - device.Sequence));
        if (step != 1 && device.HasSequence)
        {
            Judge(ref device, details, sequence, step, time, shard);
            return;
        }

        device.HasSequence = true;
        device.Sequence = sequence;
    }

    private static void Judge(ref DeviceState device, DeviceDetails details, uint sequence, int step, SequenceTime time, LedgerTotals shard)
    {
        if (step <= 0 && (step == 0 || time != SequenceTime.Ahead))
        {
            // The number of something lost comes late, or it was seen before.
            shard.Filled += details.Counter?.TryFill(sequence) == true ? 1 : 0;
            return;
        }

        SequenceCounter counter = details.UseCounter();
        if (step > 1 && step <= MaxMissing && time != SequenceTime.Behind)
        {
            device.CountGaps(step - 1, shard);
            counter.AddHole(unchecked(device.Sequence + 1), (uint)(step - 1));
        }
        else
        {
            counter.Restart();
            shard.Restarts++;
        }

        device.Sequence = sequence;
    }
}
