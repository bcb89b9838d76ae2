namespace TrafficCore.Boards.Delivery;

/// <summary>The way to the boards. Implemented where the transport is known.</summary>
public interface IBoardChannel
{
    /// <summary>
    /// Hands a message over for retained delivery. The transport forgets it after <see cref="BoardMessage.Expires"/>.
    /// </summary>
    ValueTask SendAsync(BoardMessage message, CancellationToken cancellationToken);
}
