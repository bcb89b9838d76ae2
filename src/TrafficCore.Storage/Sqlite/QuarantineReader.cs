using System.Runtime.CompilerServices;
using TrafficCore.Storage.History;

namespace TrafficCore.Storage.Sqlite;

/// <summary>Reads the quarantine for the API: first how far an answer reaches, by the sizes alone, then the payloads piece by piece.</summary>
/// <remarks>Ownership: one answer. Each piece is a question of its own, so that others get their turn between.</remarks>
internal sealed class QuarantineReader(StoreReader store, QuarantineQuery query)
{
    /// <summary>Bytes of payloads in one answer: a few thousand usual ones, or the largest device mistakes one by one.</summary>
    internal const long MaxBytes = 8 * 1024 * 1024;

    // What an answer holds while its client takes its time: little, for there may be as many answers as connections.
    private const int PieceRows = 500;
    private const long PieceBytes = 256 * 1024;

    public async Task<QuarantinePage> ReadAsync(CancellationToken cancellation)
    {
        (QuarantinePlace? last, bool isAll) = await store.Ask(Measure, cancellation);
        return new QuarantinePage(isAll ? null : last, last is { } place ? PayloadsAsync(place, cancellation) : AsyncEnumerable.Empty<PlacedRejection>());
    }

    /// <summary>The last place of the answer, null when it is empty; and whether nothing is left behind it.</summary>
    private (QuarantinePlace? Last, bool IsAll) Measure()
    {
        QuarantineExtent extent = new(query.Limit, MaxBytes);
        foreach (DayFileName day in DaysOf(query))
        {
            using DayFileReader? file = store.Open(day);
            foreach ((QuarantinePlace place, long bytes) in file?.QuarantineSizes(query) ?? [])
            {
                if (extent.IsFull)
                {
                    return (extent.Last, false);
                }

                extent.Add(place, bytes);
            }
        }

        return (extent.Last, true);
    }

    private async IAsyncEnumerable<PlacedRejection> PayloadsAsync(QuarantinePlace last, [EnumeratorCancellation] CancellationToken cancellation)
    {
        for (QuarantinePlace place = query.After; place.IsBefore(last);)
        {
            QuarantineQuery rest = query with { After = place };
            List<PlacedRejection> piece = await store.Ask(() => Piece(rest, last), cancellation);
            if (piece.Count == 0)
            {
                yield break; // deleted by age meanwhile
            }

            foreach (PlacedRejection found in piece)
            {
                yield return found;
            }

            place = piece[^1].Place;
        }
    }

    private List<PlacedRejection> Piece(QuarantineQuery rest, QuarantinePlace last)
    {
        QuarantineExtent extent = new(PieceRows, PieceBytes);
        List<PlacedRejection> piece = [];
        foreach (DayFileName day in DaysOf(rest))
        {
            using DayFileReader? file = store.Open(day);
            foreach (PlacedRejection found in file?.Quarantine(rest) ?? [])
            {
                if (extent.IsFull || last.IsBefore(found.Place))
                {
                    return piece;
                }

                extent.Add(found.Place, found.Rejected.Payload.Length);
                piece.Add(found);
            }
        }

        return piece;
    }

    // Asked anew for each piece, because retention deletes files.
    private IEnumerable<DayFileName> DaysOf(QuarantineQuery part) => store.DaysBetween(DayFileKind.Quarantine, part.After.ReceivedMs, part.ToMs);
}
