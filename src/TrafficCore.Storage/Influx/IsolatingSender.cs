namespace TrafficCore.Storage.Influx;

/// <summary>
/// Finds the points that a refused request is refused for by halving it until they stand alone; the rest is delivered. The server names no
/// line, and 1.x stores the good points of a refused request already: sending them again changes nothing.
/// </summary>
/// <remarks>Ownership: the sink's loop.</remarks>
internal sealed class IsolatingSender(IPointSender inner, Action<PointRange, string> onRefused) : IPointSender
{
    public async Task<SendOutcome> SendAsync(PointRange points, CancellationToken cancellation)
    {
        SendOutcome outcome = await inner.SendAsync(points, cancellation);
        if (outcome.Result == SendResult.Done)
        {
            return outcome;
        }

        // The server may say that it refused every single one, e.g. a back-fill older than its retention.
        if (points.Count == 1 || (outcome.Result == SendResult.Rejected && outcome.Dropped >= points.Count))
        {
            onRefused(points, outcome.Reason);
            return SendOutcome.Done;
        }

        (PointRange left, PointRange right) = points.Halves();
        await SendAsync(left, cancellation);
        return await SendAsync(right, cancellation);
    }
}
