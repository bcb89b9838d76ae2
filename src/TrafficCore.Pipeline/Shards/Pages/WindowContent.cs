using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>What one detector brought to one window, as it is added to.</summary>
internal struct WindowContent
{
    public FlowCell Cell;

    /// <summary>Vehicles by class number, shifted by one; the lowest bit says that the class was sent. Null without classes; from the pool.</summary>
    public long[]? Classes;

    /// <summary>Index of the window in the page.</summary>
    public int Window;

    /// <summary>A <see cref="RowTrack"/>.</summary>
    public int Row;

    public ref long Class(int number, PagePool pool)
    {
        if (Classes is null || number >= Classes.Length)
        {
            long[] larger = pool.RentLongs(number + 1);
            if (Classes is { } known)
            {
                known.CopyTo(larger, 0);
                pool.Return(known);
            }

            Classes = larger;
        }

        return ref Classes[number];
    }

    public void Release(PagePool pool)
    {
        if (Classes is { } known)
        {
            pool.Return(known);
            Classes = null;
        }
    }
}
