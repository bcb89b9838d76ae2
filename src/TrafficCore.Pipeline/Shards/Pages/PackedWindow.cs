using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>
/// How the content of one window lies in memory once it was told: some 16 bytes for a reading with classes, where the sums alone are 64. Not a form that is
/// stored: pages and snapshots have their own.
/// </summary>
/// <remarks>
/// Index of the window modulo 64 and two flags in a byte; a byte of flags about the sums, where there are any; then what the flags do not tell, as
/// variable-length integers.
/// </remarks>
internal static class PackedWindow
{
    /// <summary>Windows that are packed side by side: as many as six bits tell apart.</summary>
    public const int PerChunk = 64;

    private const int WindowMask = PerChunk - 1;

    // Two bytes of flags, a row, eight sums and 65 classes (PageState.MaxClasses and "other") with their numbers, each of at most ten bytes.
    public const int MaxLength = 2 + (10 * (1 + 8 + (2 * 65) + 1));

    private const byte HasCell = 0x40;
    private const byte HasClasses = 0x80;

    [Flags]
    private enum Told : byte
    {
        None = 0,

        /// <summary>The row is at its first revision and clean.</summary>
        FirstRow = 1,

        /// <summary>One reading, which observed its interval.</summary>
        OneReading = 2,

        /// <summary>The shortest interval is the window's length.</summary>
        WholeWindow = 4,

        Occupancy = 8,

        /// <summary>Occupancy is known for one reading and its interval: the reading's occupancy is kept.</summary>
        OneOccupancy = 16,

        Speed = 32,

        /// <summary>Speed is known for all vehicles.</summary>
        SpeedOfAll = 64,

        SpeedWithoutVehicles = 128,
    }

    private const int FirstRow = 1 << 1;

    /// <summary>Packs; returns the length.</summary>
    public static int Write(Span<byte> target, in WindowContent content, long windowMs)
    {
        int at = 2;
        Told told = ToldBy(in content, windowMs);
        if ((told & Told.FirstRow) == 0)
        {
            Put(target, ref at, (ulong)content.Row);
        }

        bool hasCell = content.Cell.Readings > 0;
        if (hasCell)
        {
            WriteCell(target, ref at, in content.Cell, told);
        }

        bool hasClasses = content.Classes is not null && content.Classes.AsSpan().ContainsAnyExcept(0);
        if (hasClasses)
        {
            WriteClasses(target, ref at, content.Classes);
        }

        target[0] = (byte)((content.Window & WindowMask) | (hasCell ? HasCell : 0) | (hasClasses ? HasClasses : 0));
        target[1] = (byte)told;
        return at;
    }

    /// <summary>Reads the window at a place and moves behind it.</summary>
    public static PackedView Read(ReadOnlySpan<byte> source, scoped ref int at, long windowMs)
    {
        byte head = source[at++];
        var told = (Told)source[at++];
        int row = (told & Told.FirstRow) != 0 ? FirstRow : (int)Take(source, ref at);
        FlowCell cell = (head & HasCell) != 0 ? ReadCell(source, ref at, told, windowMs) : default;
        int classes = at;
        for (int left = (head & HasClasses) != 0 ? 2 * (int)Take(source, ref at) : 0; left > 0; left--)
        {
            Take(source, ref at);
        }

        return new PackedView(head & WindowMask, row, in cell, source[classes..at]);
    }

    /// <summary>The next integer of <see cref="PackedView.Classes"/>.</summary>
    public static ulong Take(ReadOnlySpan<byte> source, scoped ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = source[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static Told ToldBy(in WindowContent content, long windowMs)
    {
        ref readonly FlowCell cell = ref content.Cell;
        Told told = content.Row == FirstRow ? Told.FirstRow : Told.None;
        if (cell.Readings == 0)
        {
            return told;
        }

        bool isOne = cell.Readings == 1 && cell.ObservedMs == cell.ShortestInterval;
        told |= isOne ? Told.OneReading : Told.None;
        told |= cell.ShortestInterval == windowMs ? Told.WholeWindow : Told.None;
        told |= cell.OccupancyMs > 0 ? Told.Occupancy : Told.None;
        told |= isOne && cell.OccupancyMs == Weight(in cell) && cell.OccupancyWeighted % cell.OccupancyMs == 0 ? Told.OneOccupancy : Told.None;
        told |= (cell.SpeedVehicles | cell.SpeedWeighted) != 0 ? Told.Speed : Told.None;
        told |= cell.SpeedVehicles == cell.Volume ? Told.SpeedOfAll : Told.None;
        return told | (cell.SpeedWithoutVehicles ? Told.SpeedWithoutVehicles : Told.None);
    }

    private static void WriteCell(Span<byte> target, ref int at, in FlowCell cell, Told told)
    {
        if ((told & Told.WholeWindow) == 0)
        {
            Put(target, ref at, cell.ShortestInterval);
        }

        if ((told & Told.OneReading) == 0)
        {
            Put(target, ref at, (ulong)cell.Readings);
            Put(target, ref at, (ulong)cell.ObservedMs);
        }

        Put(target, ref at, (ulong)cell.Volume);
        if ((told & Told.OneOccupancy) != 0)
        {
            Put(target, ref at, (ulong)(cell.OccupancyWeighted / cell.OccupancyMs));
        }
        else if ((told & Told.Occupancy) != 0)
        {
            Put(target, ref at, (ulong)cell.OccupancyMs);
            Put(target, ref at, (ulong)cell.OccupancyWeighted);
        }

        if ((told & Told.Speed) != 0)
        {
            Put(target, ref at, (ulong)cell.SpeedWeighted);
            if ((told & Told.SpeedOfAll) == 0)
            {
                Put(target, ref at, (ulong)cell.SpeedVehicles);
            }
        }
    }

    private static FlowCell ReadCell(ReadOnlySpan<byte> source, scoped ref int at, Told told, long windowMs)
    {
        FlowCell cell = default;
        cell.ShortestInterval = (told & Told.WholeWindow) != 0 ? (uint)windowMs : (uint)Take(source, ref at);
        bool isOne = (told & Told.OneReading) != 0;
        cell.Readings = isOne ? 1 : (int)Take(source, ref at);
        cell.ObservedMs = isOne ? cell.ShortestInterval : (long)Take(source, ref at);
        cell.Volume = (long)Take(source, ref at);
        if ((told & Told.OneOccupancy) != 0)
        {
            cell.OccupancyMs = Weight(in cell);
            cell.OccupancyWeighted = (long)Take(source, ref at) * cell.OccupancyMs;
        }
        else if ((told & Told.Occupancy) != 0)
        {
            cell.OccupancyMs = (long)Take(source, ref at);
            cell.OccupancyWeighted = (long)Take(source, ref at);
        }

        if ((told & Told.Speed) != 0)
        {
            cell.SpeedWeighted = (long)Take(source, ref at);
            cell.SpeedVehicles = (told & Told.SpeedOfAll) != 0 ? cell.Volume : (long)Take(source, ref at);
        }

        cell.SpeedWithoutVehicles = (told & Told.SpeedWithoutVehicles) != 0;
        return cell;
    }

    // What FlowCell weighs the occupancy of its one reading by.
    private static long Weight(in FlowCell cell) => Math.Max(1u, cell.ShortestInterval);

    private static void WriteClasses(Span<byte> target, ref int at, ReadOnlySpan<long> classes)
    {
        Put(target, ref at, (ulong)(classes.Length - classes.Count(0)));
        for (int number = 0; number < classes.Length; number++)
        {
            if (classes[number] != 0)
            {
                Put(target, ref at, (ulong)number);
                Put(target, ref at, (ulong)classes[number]);
            }
        }
    }

    private static void Put(Span<byte> target, ref int at, ulong value)
    {
        while (value >= 0x80)
        {
            target[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[at++] = (byte)value;
    }
}

/// <summary>A window as it was packed; borrows the memory that it lies in.</summary>
/// <param name="window">Its index modulo <see cref="PackedWindow.PerChunk"/>.</param>
/// <param name="row">A <see cref="RowTrack"/>.</param>
/// <param name="cell">The sums.</param>
/// <param name="classes">Empty, or the number of classes, then number and volume of each, as in <see cref="WindowContent.Classes"/>.</param>
internal readonly ref struct PackedView(int window, int row, scoped in FlowCell cell, ReadOnlySpan<byte> classes)
{
    public readonly int Window = window;

    public readonly int Row = row;

    public readonly FlowCell Cell = cell;

    public readonly ReadOnlySpan<byte> Classes = classes;
}
