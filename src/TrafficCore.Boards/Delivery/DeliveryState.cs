namespace TrafficCore.Boards.Delivery;

/// <summary>
/// The device's side of one message: what it confirmed, and when the message is due again. Owned by the director.
/// </summary>
internal sealed class DeliveryState(long confirmWithin, long resendAfter)
{
    // 32 x 30 s is a quarter of an hour: a board that stays wrong for longer needs a person, not more traffic.
    private const int MaxBackoff = 32;

    // One record a second and board: a device that talks without pause must not fill the log.
    private const long StatusInterval = 1000;

    private BoardMessage? message;
    private long began;
    private long sentAt;
    private long wait;
    private BoardStatus? recorded;
    private long recordedAt = long.MinValue / 2;

    public BoardStatus? Status { get; private set; }

    public long? StatusReceived { get; private set; }

    /// <summary>What the device's connection says: <c>online</c> or <c>offline</c>; null when it never said anything.</summary>
    public bool? IsOnline { get; private set; }

    public long? OnlineSince { get; private set; }

    public int Resends { get; private set; }

    /// <summary>A new message replaces what was to be confirmed so far.</summary>
    public void Sent(BoardMessage sent, long now)
    {
        if (message?.Id != sent.Id)
        {
            (Resends, wait, began, sentAt) = (0, resendAfter, now, now);
        }

        message = sent;
    }

    public void Received(BoardStatus status, long now) => (Status, StatusReceived) = (status, now);

    /// <summary>Takes the device's connection state; true when it came back, so that the message is due at once.</summary>
    public bool Connected(bool online, long now)
    {
        var isBack = online && IsOnline == false;
        if (IsOnline != online)
        {
            (IsOnline, OnlineSince) = (online, now);
        }

        if (isBack)
        {
            (began, sentAt, wait) = (now, now, resendAfter);
        }

        return isBack;
    }

    /// <summary>True when the device contradicts the message, or says nothing, and it is time to repeat it; counts the repeat.</summary>
    public bool IsDue(long now)
    {
        if (message is null || now - sentAt < wait || Judge(now) is not (BoardDelivery.Mismatch or BoardDelivery.Failed or BoardDelivery.Unconfirmed))
        {
            return false;
        }

        Resends++;
        sentAt = now;
        wait = Math.Min(wait * 2, resendAfter * MaxBackoff);
        return true;
    }

    public BoardDelivery Judge(long now)
    {
        if (message is null)
        {
            return BoardDelivery.Pending;
        }

        if (IsOnline == false)
        {
            return BoardDelivery.Offline;
        }

        if (Status is { } status && (status.Id == message.Id || (status.Id is null && StatusReceived >= began)))
        {
            return JudgeOwn(status, message.Multi);
        }

        if (message.Multi.Length == 0 && Status?.State == "blank")
        {
            return BoardDelivery.Confirmed;
        }

        return now - began < confirmWithin ? BoardDelivery.Pending
            : StatusReceived >= began ? BoardDelivery.Mismatch
            : BoardDelivery.Unconfirmed;
    }

    /// <summary>What the device says when that is news for its history; at most one a second.</summary>
    public BoardStatus? TakeNews(long now)
    {
        if (Status is null || now - recordedAt < StatusInterval
            || (recorded is not null && (recorded.Id, recorded.State, recorded.Multi, recorded.Error) == (Status.Id, Status.State, Status.Multi, Status.Error)))
        {
            return null;
        }

        (recorded, recordedAt) = (Status, now);
        return Status;
    }

    private static BoardDelivery JudgeOwn(BoardStatus status, string multi) => status.State switch
    {
        "rejected" => BoardDelivery.Rejected,
        "failed" => BoardDelivery.Failed,
        "blank" => multi.Length == 0 ? BoardDelivery.Confirmed : BoardDelivery.Mismatch,
        _ => multi.Length > 0 && (status.Multi is null || status.Multi == multi) ? BoardDelivery.Confirmed : BoardDelivery.Mismatch,
    };
}
