using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Rules;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Host.Boards;

/// <summary>The board log is part of the pipeline's output log, from where every sink takes it.</summary>
internal sealed class OutputBoardLog(BoardOutput output) : IBoardLog
{
    public async ValueTask AppendAsync(
        IReadOnlyList<BoardDecision> decisions, IReadOnlyList<BoardStatusChange> statuses, CancellationToken cancellationToken) =>
        await output.AppendAsync(decisions.Select(Record), statuses.Select(Record), cancellationToken);

    private static BoardDecisionRecord Record(BoardDecision decision) => new(
        decision.Message.Board.Intersection,
        decision.Message.Board.Board,
        decision.Time,
        decision.Message.Id,
        decision.Message.Multi,
        decision.Message.Priority,
        decision.Message.Reason.Rule,
        decision.State,
        decision.Message.Expires,
        decision.Message.Reason.Author,
        ReasonJson.Text(decision.Message.Reason));

    private static BoardStatusRecord Record(BoardStatusChange change) => new(
        change.Board.Intersection, change.Board.Board, change.Received, change.Status.Id, change.Status.State, change.Status.Multi, change.Status.Error);
}
