namespace TrafficCore.Boards.Delivery;

/// <summary>How far the message on a board is confirmed by the device.</summary>
public enum BoardDelivery
{
    /// <summary>Sent; the device has not said anything about it yet.</summary>
    Pending,

    /// <summary>The device shows what it should.</summary>
    Confirmed,

    /// <summary>The device says that it shows something else; the message is sent again.</summary>
    Mismatch,

    /// <summary>The device refuses the message; it is not sent again.</summary>
    Rejected,

    /// <summary>The device could not show it; the message is sent again.</summary>
    Failed,
}

/// <summary>A board as the API shows it. Immutable.</summary>
public sealed record BoardSnapshot
{
    /// <summary>The board.</summary>
    public required BoardDefinition Definition { get; init; }

    /// <summary>What it is to show; null before the first judgement.</summary>
    public BoardMessage? Message { get; init; }

    /// <summary>Since when it is to show it, Unix milliseconds UTC.</summary>
    public long? Since { get; init; }

    /// <summary>Whether the device agrees.</summary>
    public BoardDelivery Delivery { get; init; }

    /// <summary>What the device last said; null when it has said nothing.</summary>
    public BoardStatus? Status { get; init; }

    /// <summary>When it said so, Unix milliseconds UTC.</summary>
    public long? StatusReceived { get; init; }

    /// <summary>How often the message has been sent again.</summary>
    public int Resends { get; init; }
}
