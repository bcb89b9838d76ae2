using TrafficCore.Storage.Delivery;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>
/// Reads the day files again for a sink that lost output. A row does not say when it was written, a file does: every file that was written to since
/// is sent whole.
/// </summary>
/// <remarks>Ownership: thread-safe; files are read in pages of their own, so that the writer's journal is not held open while a database is slow.</remarks>
/// <param name="directory">Directory of the database files.</param>
/// <param name="cursor">How far the store has come.</param>
/// <param name="onDamaged">Is told of a file that cannot be read.</param>
public sealed class SqliteRefill(string directory, Func<long> cursor, Action<string> onDamaged) : IRefillSource
{
    // About 0.02 s of reading, and one request's worth of points.
    private const int PageRows = 5_000;

    /// <inheritdoc/>
    public long Cursor => cursor();

    /// <inheritdoc/>
    public IEnumerable<OutputEntry> WrittenSince(long receivedMs)
    {
        foreach (DayFileName name in Names())
        {
            using DayFileReader? file = Try(name, () => DayFileReader.TryOpen(directory, name));
            if (file is null || Try(name, file.LastWrittenMs) < receivedMs)
            {
                continue;
            }

            foreach (OutputEntry entry in Entries(name, file))
            {
                yield return entry;
            }
        }
    }

    private IEnumerable<OutputEntry> Entries(DayFileName name, DayFileReader file) => name switch
    {
        { Observed: { } kind } => Pages<Observation, (long, long)>(name, (long.MinValue, long.MinValue), place => file.ObservationPage(kind, place, PageRows))
            .Select(observation => new OutputEntry(0, 0, 0, [], Observation: observation)),
        { Kind: DayFileKind.City } => Try(name, () => Indexes(file)),
        { Kind: DayFileKind.Boards } => Try(name, () => BoardDayReader.All(file)),
        _ => Pages<FlowRow, (long, long, long)>(name, (long.MinValue, 0, 0), place => file.FlowPage(place, PageRows))
            .Select(row => new OutputEntry(0, 0, 0, [row])),
    };

    // One row a window for the whole city: a day is read at once.
    private static List<OutputEntry> Indexes(DayFileReader file)
    {
        List<OutputEntry> all = [];
        file.ReadAll(CityTable.SelectAll, row => all.Add(new OutputEntry(0, 0, 0, [], CityIndex: CityTable.Read(row, row.Int64(CityTable.WindowColumn)))));
        return all;
    }

    // Page by page, each behind the place where the one before it ended.
    private IEnumerable<T> Pages<T, TPlace>(DayFileName name, TPlace first, Func<TPlace, (List<T> Rows, TPlace Last)> read)
    {
        (List<T> Rows, TPlace Last) page = ([], first);
        do
        {
            TPlace place = page.Last;
            page = Try(name, () => read(place));
            foreach (T row in page.Rows)
            {
                yield return row;
            }
        }
        while (page.Rows.Count == PageRows);
    }

    // By day, so that a database gets its points about in order of time.
    private IEnumerable<DayFileName> Names() => Directory.EnumerateFiles(directory, "*.db")
        .Select(path => (Found: DayFileName.TryParse(Path.GetFileName(path), out DayFileName name), Name: name))
        .Where(file => file.Found && file.Name.Kind != DayFileKind.Quarantine)
        .Select(file => file.Name)
        .OrderBy(name => name.Day)
        .ThenBy(name => name.Kind);

    private T Try<T>(DayFileName name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (SqliteStoreException e)
        {
            if (e.IsDamage)
            {
                onDamaged(Path.Combine(directory, name.ToString()));
            }

            throw new IOException($"{name}: {e.Message}", e);
        }
    }
}
