namespace TrafficCore.Boards.Delivery;

/// <summary>
/// The device's side of one message: what it confirmed, and when the message is due again. Owned by the director.
/// </summary>
internal sealed class DeliveryState
{
    // 32 x 30 s is a quarter of an hour: a board that stays wrong for longer needs a person, not more traffic.
    private const int MaxBackoff = 32;

    private readonly long resendAfter;
    private BoardMessage? message;
    private long sentAt;
    private long wait;

    public DeliveryState(long resendAfter)
    {
        this.resendAfter = resendAfter;
        wait = resendAfter;
    }

    public BoardStatus? Status { get; private set; }

    public long? StatusReceived { get; private set; }

    public int Resends { get; private set; }

    /// <summary>A new message replaces what was to be confirmed so far.</summary>
    public void Sent(BoardMessage sent, long now)
    {
        if (message?.Id != sent.Id)
        {
            Resends = 0;
            wait = resendAfter;
            sentAt = now;
        }

        message = sent;
    }

    public void Received(BoardStatus status, long now)
    {
        Status = status;
        StatusReceived = now;
    }

    /// <summary>True when the device contradicts the message and it is time to repeat it; counts the repeat.</summary>
    public bool IsDue(long now)
    {
        if (message is null || now - sentAt < wait || Judge(now) is not (BoardDelivery.Mismatch or BoardDelivery.Failed))
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
        if (message is null || Status is null)
        {
            // Never heard: the message is retained, so a board that connects later finds it without a repeat.
            return BoardDelivery.Pending;
        }

        if (Status.Id == message.Id || (Status.Id is null && StatusReceived >= sentAt))
        {
            return JudgeOwn(Status, message.Multi);
        }

        if (message.Multi.Length == 0 && Status.State == "blank")
        {
            return BoardDelivery.Confirmed;
        }

        return now - sentAt < resendAfter && Resends == 0 ? BoardDelivery.Pending : BoardDelivery.Mismatch;
    }

    private static BoardDelivery JudgeOwn(BoardStatus status, string multi) => status.State switch
    {
        "rejected" => BoardDelivery.Rejected,
        "failed" => BoardDelivery.Failed,
        "blank" => multi.Length == 0 ? BoardDelivery.Confirmed : BoardDelivery.Mismatch,
        _ => multi.Length > 0 && (status.Multi is null || status.Multi == multi) ? BoardDelivery.Confirmed : BoardDelivery.Mismatch,
    };
}
