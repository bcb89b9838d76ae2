using System.Runtime.CompilerServices;
using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.History;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Reads the embedded store for the API.</summary>
/// <remarks>
/// Ownership: thread-safe. A file that turns out to be damaged fails the question with <see cref="SqliteStoreException"/> and is reported,
/// so that the sink rebuilds it.
/// </remarks>
public sealed class SqliteHistory : IFlowHistory, IBoardHistory, ICityHistory, IDisposable
{
    private readonly SqliteOptions _options;
    private readonly long[] _storedLengths;
    private readonly ServiceRules _service;
    private readonly TimeProvider _time;
    private readonly StoreReader _store;

    /// <summary>Makes the reader of a store.</summary>
    /// <param name="directory">Directory of the database files, as the sink's.</param>
    /// <param name="options">Options.</param>
    /// <param name="storedLengths">Window lengths that are stored, ms.</param>
    /// <param name="service">How levels of service of summed windows are judged.</param>
    /// <param name="time">Clock: which summed windows have ended.</param>
    /// <param name="onDamaged">Told the path of a file that is damaged (<see cref="SqliteSink.Suspect"/>).</param>
    public SqliteHistory(
        string directory, SqliteOptions options, IEnumerable<long> storedLengths, ServiceRules service, TimeProvider time, Action<string>? onDamaged = null)
    {
        _options = options;
        _service = service;
        _storedLengths = [.. storedLengths];
        _time = time;
        _store = new StoreReader(directory, options.Readers, onDamaged);
    }

    /// <inheritdoc/>
    public FlowAnswer Rows(FlowQuery query, CancellationToken cancellation = default)
    {
        (long From, long To) kept = KeptRange(query);
        return FlowPlan.TryMake(query, _storedLengths, _options.MaxRows, kept, out FlowAnswer? problem) is { } plan
            ? new FlowAnswer(FlowProblem.None, "", plan.Grid is null ? Stored(plan, cancellation) : Summed(plan, plan.Grid, cancellation))
            : problem!;
    }

    /// <inheritdoc/>
    public Task<FlowRow?> LatestAsync(FlowLevel level, string intersection, string id, long windowMs, CancellationToken cancellation = default) =>
        _store.Ask(
            () =>
            {
                foreach (DayFileName day in _store.Days(DayFileName.KindOf(level, windowMs, _options)).OrderByDescending(day => day.Day))
                {
                    using DayFileReader? file = _store.Open(day);
                    if (file?.Latest(level, intersection, id, windowMs) is { } row)
                    {
                        return row;
                    }
                }

                return null;
            },
            cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<FlowRow>> LatestOfAllAsync(long windowMs, TimeSpan lookBack, CancellationToken cancellation = default) =>
        _store.Ask<IReadOnlyList<FlowRow>>(
            () =>
            {
                Dictionary<string, FlowRow> latest = new(StringComparer.Ordinal);
                long? from = null;
                foreach (DayFileName day in _store.Days(DayFileName.KindOf(FlowLevel.Intersection, windowMs, _options)).OrderByDescending(day => day.Day))
                {
                    if (day.EndMs <= from)
                    {
                        break;
                    }

                    using DayFileReader? file = _store.Open(day);
                    from ??= file?.LatestStart(windowMs) - (long)lookBack.TotalMilliseconds;
                    foreach (FlowRow row in from is null ? [] : file?.IntersectionRows(windowMs, from.Value) ?? [])
                    {
                        latest.TryAdd(row.Intersection, row);
                    }
                }

                return [.. latest.Values.OrderBy(row => row.Intersection, StringComparer.Ordinal)];
            },
            cancellation);

    /// <inheritdoc/>
    public Task<QuarantinePage> QuarantineAsync(QuarantineQuery query, CancellationToken cancellation = default) =>
        new QuarantineReader(_store, query).ReadAsync(cancellation);

    /// <inheritdoc/>
    public async Task<ObservationAnswer> ObservationsAsync(ObservationQuery query, CancellationToken cancellation = default)
    {
        return await Ranged(DayFileName.KindOf(query.Kind), query.FromMs, query.ToMs, (file, limit) => file.Observations(query, limit), cancellation) is { } found
            ? new ObservationAnswer(FlowProblem.None, "", found)
            : new ObservationAnswer(FlowProblem.RangeTooLong, $"from: the range holds more than {_options.MaxRows} observations", []);
    }

    /// <inheritdoc/>
    public async Task<CityIndexAnswer> IndexAsync(CityIndexQuery query, CancellationToken cancellation = default)
    {
        return await Ranged(DayFileKind.City, query.FromMs, query.ToMs, (file, limit) => file.Indexes(query, limit), cancellation) is { } found
            ? new CityIndexAnswer(FlowProblem.None, "", found)
            : new CityIndexAnswer(FlowProblem.RangeTooLong, $"from: the range holds more than {_options.MaxRows} windows", []);
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<BoardDecisionRecord>> DecisionsAsync(BoardQuery query, CancellationToken cancellation = default) =>
        _store.Ask(() => BoardDayReader.Decisions(_store, _store.DaysBetween(DayFileKind.Boards, query.FromMs, query.ToMs), query), cancellation);

    /// <inheritdoc/>
    public Task<IReadOnlyList<BoardStatusRecord>> StatusesAsync(BoardQuery query, CancellationToken cancellation = default) =>
        _store.Ask(() => BoardDayReader.Statuses(_store, _store.DaysBetween(DayFileKind.Boards, query.FromMs, query.ToMs), query), cancellation);

    /// <summary>Ends the reader threads after the questions that were asked.</summary>
    public void Dispose() => _store.Dispose();

    /// <summary>What the days of a range hold, day after day; null when it is more than one answer may.</summary>
    private async Task<List<T>?> Ranged<T>(DayFileKind kind, long from, long to, Func<DayFileReader, int, List<T>> read, CancellationToken cancellation)
    {
        List<T> found = [];
        foreach (DayFileName day in _store.DaysBetween(kind, from, to))
        {
            found.AddRange(await _store.Ask(day, file => read(file, _options.MaxRows + 1 - found.Count), cancellation));
            if (found.Count > _options.MaxRows)
            {
                return null;
            }
        }

        return found;
    }

    private async IAsyncEnumerable<FlowRow> Stored(FlowPlan plan, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (FlowRow row in Parts(plan.Query.Level, plan.Query.Id, plan, plan.Query.FromMs, plan.Query.ToMs, cancellation))
        {
            yield return row;
        }
    }

    private async IAsyncEnumerable<FlowRow> Summed(FlowPlan plan, WindowGrid grid, [EnumeratorCancellation] CancellationToken cancellation)
    {
        Dictionary<long, ServiceJudgement?>? deciding = plan.Query.Level == FlowLevel.Intersection ? await Deciding(plan, grid, cancellation) : null;
        await foreach (FlowRow row in Sums(plan.Query.Level, plan.Query.Id, plan, grid, deciding, cancellation))
        {
            yield return row;
        }
    }

    private async IAsyncEnumerable<FlowRow> Sums(
        FlowLevel level,
        string id,
        FlowPlan plan,
        WindowGrid grid,
        Dictionary<long, ServiceJudgement?>? deciding,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        long now = _time.GetUtcNow().ToUnixTimeMilliseconds();
        long from = grid.FirstFrom(plan.Query.FromMs);
        long to = Math.Min(grid.FirstFrom(plan.Query.ToMs), grid.StartOf(now));
        RowSum sum = new(_service);
        long start = from;
        await foreach (FlowRow part in Parts(level, id, plan, from, to, cancellation))
        {
            if (part.Start >= grid.EndOf(start))
            {
                if (!sum.IsEmpty)
                {
                    yield return Build(sum, start);
                }

                sum = new RowSum(_service);
                start = grid.StartOf(part.Start);
            }

            sum.Add(part);
        }

        if (!sum.IsEmpty)
        {
            yield return Build(sum, start);
        }

        FlowRow Build(RowSum complete, long at) =>
            complete.Build(at, grid.EndOf(at) - at, deciding?.GetValueOrDefault(at));
    }

    /// <summary>An intersection is as good as the worst of its approaches, so these are summed as well.</summary>
    private async Task<Dictionary<long, ServiceJudgement?>> Deciding(FlowPlan plan, WindowGrid grid, CancellationToken cancellation)
    {
        SortedSet<string> approaches = new(StringComparer.Ordinal);
        foreach (DayFileName day in _store.DaysBetween(DayFileName.KindOf(FlowLevel.Approach, plan.StoredMs, _options), plan.Query.FromMs, grid.FirstFrom(plan.Query.ToMs)))
        {
            approaches.UnionWith(await _store.Ask(day, file => file.Ids(FlowLevel.Approach, plan.Query.Intersection), cancellation));
        }

        Dictionary<long, ServiceJudgement?> deciding = [];
        foreach (string approach in approaches)
        {
            await foreach (FlowRow row in Sums(FlowLevel.Approach, approach, plan, grid, null, cancellation))
            {
                deciding[row.Start] = ServiceJudgement.Deciding(deciding.GetValueOrDefault(row.Start), ServiceJudgement.Of(row));
            }
        }

        return deciding;
    }

    /// <summary>Stored rows, day by day: one question to the reader threads for each, so that others get their turn between.</summary>
    private async IAsyncEnumerable<FlowRow> Parts(
        FlowLevel level, string id, FlowPlan plan, long from, long to, [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (DayFileName day in _store.DaysBetween(DayFileName.KindOf(level, plan.StoredMs, _options), from, to))
        {
            List<FlowRow> rows = await _store.Ask(
                day,
                file => file.Rows(level, plan.Query.Intersection, id, plan.StoredMs, Math.Max(from, day.StartMs), Math.Min(to, day.EndMs)),
                cancellation);
            foreach (FlowRow row in rows)
            {
                yield return row;
            }
        }
    }

    private (long From, long To) KeptRange(FlowQuery query)
    {
        // Which stored length will serve is not known yet: the range over the kinds that can.
        DayFileName[] days = query.Level == FlowLevel.Detector
            ? _store.Days(DayFileKind.Detector)
            : [.. _store.Days(DayFileKind.Short), .. _store.Days(DayFileKind.Long)];
        return days.Length == 0 ? (0, 0) : (days.Min(day => day.StartMs), days.Max(day => day.EndMs));
    }
}
