namespace TrafficCore.Storage.Influx;

/// <summary>What became of a request.</summary>
internal enum SendResult
{
    /// <summary>The server has it.</summary>
    Done,

    /// <summary>Not now: the same request may succeed later.</summary>
    Retry,

    /// <summary>Never: the content is refused.</summary>
    Rejected,

    /// <summary>Too much at once: the same content in smaller requests may succeed.</summary>
    TooLarge,
}

/// <summary>Outcome of a request, the same from the sender up to the sink.</summary>
/// <param name="Result">What became of it.</param>
/// <param name="Reason">The server's reason, or what failed.</param>
/// <param name="RetryAfter">The wait the server asks for.</param>
/// <param name="Dropped">Points the server says it refused, when it says so: the others were stored.</param>
/// <param name="Status">HTTP status of an answer that asks to come again; 0 without an answer.</param>
internal readonly record struct SendOutcome(SendResult Result, string Reason = "", TimeSpan? RetryAfter = null, int? Dropped = null, int Status = 0)
{
    public static readonly SendOutcome Done = new(SendResult.Done);
}

/// <summary>Delivers points; senders are stacked on one another.</summary>
internal interface IPointSender
{
    Task<SendOutcome> SendAsync(PointRange points, CancellationToken cancellation);
}
