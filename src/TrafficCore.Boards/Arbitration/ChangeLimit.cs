namespace TrafficCore.Boards.Arbitration;

/// <summary>
/// Bounds the changes by rule on one board in any hour. Owned by its board.
/// </summary>
/// <remarks>
/// A message that begins needs room for itself and for the blank that its expiry may force at any moment, so a blank always has room. A
/// message that clears although its windows still come must also leave room to warn again: otherwise it stays, the safer state, until
/// there is. Near the limit a board holds its warning while there is data, is dark without, and never exceeds the limit.
/// </remarks>
internal sealed class ChangeLimit(int perHour)
{
    private const long Hour = 3_600_000;

    // Begin now, be blanked by expiry.
    private const int ToBegin = 2;

    // Be blanked now, begin again, be blanked by expiry.
    private const int ToClear = 3;

    private readonly List<long> times = [];

    public IReadOnlyList<long> Times => times;

    public int Left(long at) => perHour - times.Count(t => t > at - Hour);

    public bool MayBegin(long at) => Left(at) >= ToBegin;

    public bool MayClear(long at) => Left(at) >= ToClear;

    public void Note(long at)
    {
        times.RemoveAll(t => t <= at - Hour);
        times.Add(at);
    }

    public void Restore(IEnumerable<long> known)
    {
        times.Clear();
        times.AddRange(known);
    }
}
