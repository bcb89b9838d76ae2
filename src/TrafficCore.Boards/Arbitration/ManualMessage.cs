namespace TrafficCore.Boards.Arbitration;

/// <summary>What an operator wants a board to show. Immutable.</summary>
/// <param name="Multi">Valid MULTI text that the board can show.</param>
/// <param name="Priority">NTCIP priority 1..255.</param>
/// <param name="Since">When it was asked for, Unix milliseconds UTC.</param>
/// <param name="Expires">When it ends by itself, Unix milliseconds UTC.</param>
/// <param name="Author">Who asked; null when nobody said.</param>
/// <param name="Note">The author's remark.</param>
public sealed record ManualMessage(string Multi, int Priority, long Since, long Expires, string? Author, string? Note)
{
    /// <summary>IRIS's "high_1", the level of operators: above everything that rules ask for by default.</summary>
    public const int DefaultPriority = 11;
}
