using Microsoft.Extensions.Logging;

namespace TrafficCore.Boards.Delivery;

/// <summary>Logs when a board begins and ceases to need somebody's attention.</summary>
/// <remarks>Ownership: the boards' loop.</remarks>
internal sealed class DeliveryWatch(ILogger logger)
{
    private readonly Dictionary<BoardKey, BoardDelivery> troubled = [];

    public void Look(IReadOnlyList<BoardSnapshot> boards)
    {
        foreach (var board in boards)
        {
            var key = board.Definition.Key;
            var was = troubled.GetValueOrDefault(key, BoardDelivery.Confirmed);
            if (BoardDeliveries.IsTrouble(board.Delivery) && was != board.Delivery)
            {
                troubled[key] = board.Delivery;
                BoardsLog.Trouble(
                    logger, key.ToString(), BoardDeliveries.Name(board.Delivery), board.Message.Multi.Length == 0 ? "nothing" : board.Message.Multi, board.Status?.State, board.Status?.Error);
            }
            else if (board.Delivery == BoardDelivery.Confirmed && troubled.Remove(key))
            {
                BoardsLog.Well(logger, key.ToString());
            }
        }
    }
}
