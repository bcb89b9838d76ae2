using Microsoft.Extensions.Logging;

namespace TrafficCore.Boards.Delivery;

/// <summary>Logs when a board begins and ceases to need somebody's attention.</summary>
/// <remarks>Ownership: the boards' loop.</remarks>
internal sealed class DeliveryWatch(ILogger logger)
{
    /// <summary>Boards named in one look, by each kind of news; a city whose network is down is one line more, with the number of the others.</summary>
    private const int Named = 20;

    private readonly Dictionary<BoardKey, BoardDelivery> troubled = [];

    public void Look(IReadOnlyList<BoardSnapshot> boards)
    {
        int worse = 0, well = 0;
        foreach (var board in boards)
        {
            var key = board.Definition.Key;
            var was = troubled.GetValueOrDefault(key, BoardDelivery.Confirmed);
            if (BoardDeliveries.IsTrouble(board.Delivery) && was != board.Delivery)
            {
                troubled[key] = board.Delivery;
                if (++worse <= Named)
                {
                    LogTrouble(board);
                }
            }
            else if (board.Delivery == BoardDelivery.Confirmed && troubled.Remove(key) && ++well <= Named)
            {
                BoardsLog.Well(logger, key.ToString());
            }
        }

        if (worse > Named)
        {
            BoardsLog.OthersInTrouble(logger, worse - Named);
        }

        if (well > Named)
        {
            BoardsLog.OthersWell(logger, well - Named);
        }
    }

    private void LogTrouble(BoardSnapshot board) => BoardsLog.Trouble(
        logger,
        board.Definition.Key.ToString(),
        BoardDeliveries.Name(board.Delivery),
        board.Message.Multi.Length == 0 ? "nothing" : board.Message.Multi,
        board.Status is { } status ? string.Join(' ', new[] { status.State, status.Error }.OfType<string>()) : "nothing yet");
}
