using TrafficCore.Storage.History;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Puts questions to the day files, on reader threads.</summary>
/// <remarks>
/// Ownership: thread-safe. Each question opens the files it needs and closes them again. A file that turns out to be damaged fails the
/// question with <see cref="SqliteStoreException"/> and is reported.
/// </remarks>
internal sealed class StoreReader(string directory, int threads, Action<string>? onDamaged) : IDisposable
{
    private readonly ReaderThreads _threads = new(threads);

    public async Task<T> Ask<T>(Func<T> question, CancellationToken cancellation)
    {
        try
        {
            return await _threads.Run(question, cancellation);
        }
        catch (SqliteStoreException e) when (e.IsDamage)
        {
            onDamaged?.Invoke(e.File);
            throw;
        }
    }

    /// <summary>Asks one day; nothing when it has no file. Others get their turn between the days of a long question.</summary>
    public Task<List<T>> Ask<T>(DayFileName day, Func<DayFileReader, List<T>> question, CancellationToken cancellation) => Ask(
        () =>
        {
            using DayFileReader? file = Open(day);
            return file is null ? [] : question(file);
        },
        cancellation);

    /// <summary>Opens a day, inside a question; null when there is none.</summary>
    public DayFileReader? Open(DayFileName day) => DayFileReader.TryOpen(directory, day);

    /// <summary>The days of a kind that a range touches, ascending.</summary>
    public IEnumerable<DayFileName> DaysBetween(DayFileKind kind, long from, long to) =>
        Days(kind).Where(day => day.StartMs < to && day.EndMs > from).OrderBy(day => day.Day);

    public DayFileName[] Days(DayFileKind kind) => !Directory.Exists(directory)
        ? []
        : [.. Directory.EnumerateFiles(directory, "*.db")
            .Select(path => (Found: DayFileName.TryParse(Path.GetFileName(path), out DayFileName name), Name: name))
            .Where(file => file.Found && file.Name.Kind == kind)
            .Select(file => file.Name)];

    /// <summary>Ends the threads after the questions that were asked.</summary>
    public void Dispose() => _threads.Dispose();
}
