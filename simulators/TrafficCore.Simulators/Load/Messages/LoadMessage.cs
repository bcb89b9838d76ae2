namespace TrafficCore.Simulators.Load;

/// <summary>Everything from which a message's payload follows, so that it can be sent again without having been kept.</summary>
/// <param name="Unit">Whose it is.</param>
/// <param name="Due">When it was due, nanoseconds after the start.</param>
/// <param name="Timestamp">Time of its first reading or event, Unix milliseconds.</param>
/// <param name="Step">Milliseconds between its readings or events.</param>
/// <param name="Sequence">Counter of its first reading, or of the events batch.</param>
/// <param name="IsRepeat">It repeats the message before on purpose.</param>
internal readonly record struct LoadMessage(LoadUnit Unit, long Due, long Timestamp, int Step, uint Sequence, bool IsRepeat = false)
{
    /// <summary>Vehicles of a reading follow from its counter, so that totals can be recomputed.</summary>
    public static int VolumeOf(uint sequence) => (int)(sequence % 10);

    /// <summary>Vehicles of all its readings; 0 for events, whose detectors are never part of an intersection's volume.</summary>
    public long Volume
    {
        get
        {
            long sum = 0;
            for (var i = 0; Unit.Kind == LoadKind.Readings && i < Unit.Items; i++)
            {
                sum += VolumeOf(Sequence + (uint)i);
            }

            return sum;
        }
    }
}
