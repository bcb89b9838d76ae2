namespace TrafficCore.Boards.Delivery;

/// <summary>Names of the states of delivery, as API and metrics write them.</summary>
public static class BoardDeliveries
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Enum.GetValues<BoardDelivery>().Select(Name)];

    /// <summary>The name, e.g. <c>confirmed</c>.</summary>
    public static string Name(BoardDelivery delivery) => delivery switch
    {
        BoardDelivery.Confirmed => "confirmed",
        BoardDelivery.Unconfirmed => "unconfirmed",
        BoardDelivery.Mismatch => "mismatch",
        BoardDelivery.Rejected => "rejected",
        BoardDelivery.Failed => "failed",
        BoardDelivery.Offline => "offline",
        _ => "pending",
    };

    /// <summary>Whether somebody should look at the board.</summary>
    public static bool IsTrouble(BoardDelivery delivery) => delivery is not (BoardDelivery.Pending or BoardDelivery.Confirmed);
}
