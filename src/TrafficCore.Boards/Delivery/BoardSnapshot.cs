using TrafficCore.Boards.Arbitration;

namespace TrafficCore.Boards.Delivery;

/// <summary>How far the message on a board is confirmed by the device.</summary>
public enum BoardDelivery
{
    /// <summary>Sent; the device has not said anything about it yet, and still has time to.</summary>
    Pending,

    /// <summary>The device shows what it should.</summary>
    Confirmed,

    /// <summary>The device has said nothing about the message in time; the message is sent again.</summary>
    Unconfirmed,

    /// <summary>The device says that it shows something else; the message is sent again.</summary>
    Mismatch,

    /// <summary>The device refuses the message; it is not sent again.</summary>
    Rejected,

    /// <summary>The device could not show it; the message is sent again.</summary>
    Failed,

    /// <summary>The device is not connected; the message is sent again when it comes back.</summary>
    Offline,
}

/// <summary>A board as the API shows it. Immutable.</summary>
public sealed record BoardSnapshot
{
    /// <summary>The board.</summary>
    public required BoardDefinition Definition { get; init; }

    /// <summary>What it is to show.</summary>
    public required BoardMessage Message { get; init; }

    /// <summary>Event time of the last decision, Unix milliseconds UTC; null before the first.</summary>
    public long? Since { get; init; }

    /// <summary>Up to which window end it was judged; null before the first judgement.</summary>
    public long? JudgedUntil { get; init; }

    /// <summary>What it would show if what it shows were not there; null: nothing.</summary>
    public BoardMessage? Otherwise { get; init; }

    /// <summary>The operator's message, whether it is shown or not; null without one.</summary>
    public ManualMessage? Manual { get; init; }

    /// <summary>Changes by rule that are left in the hour.</summary>
    public int ChangesLeft { get; init; }

    /// <summary>Whether the device agrees.</summary>
    public BoardDelivery Delivery { get; init; }

    /// <summary>What the device last said; null when it has said nothing.</summary>
    public BoardStatus? Status { get; init; }

    /// <summary>When it said so, Unix milliseconds UTC.</summary>
    public long? StatusReceived { get; init; }

    /// <summary>Whether its device is connected; null when it never said.</summary>
    public bool? IsOnline { get; init; }

    /// <summary>Since when, Unix milliseconds UTC.</summary>
    public long? OnlineSince { get; init; }

    /// <summary>How often the message has been sent again.</summary>
    public int Resends { get; init; }
}
