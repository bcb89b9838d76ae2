namespace TrafficCore.Pipeline.Shards;

/// <summary>Revision and dirty bit of one row, in one integer: many of them are kept.</summary>
internal static class RowTrack
{
    public const int Dirty = 1;

    public static int Revision(int track) => track >> 1;

    public static bool IsDirty(int track) => (track & Dirty) != 0;

    /// <summary>Counts an emission and clears the dirty bit; returns the new revision.</summary>
    public static int Emit(ref int track)
    {
        track = ((track >> 1) + 1) << 1;
        return track >> 1;
    }
}
