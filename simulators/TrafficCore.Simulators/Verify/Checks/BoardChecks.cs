using TrafficCore.Boards.Delivery;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Verify;

/// <summary>Whether a display board does what it is told, says so, and never shows what is over.</summary>
internal static class BoardChecks
{
    /// <summary>A board needs a moment to compose and light its matrix.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>A text that no board can hold: NTCIP boards take some hundred characters on a few pages.</summary>
    public const int TooLong = 3000;

    /// <summary>A message that ends within the run.</summary>
    private static readonly TimeSpan SoonOver = TimeSpan.FromMinutes(1);

    public static CheckResult Subscribe(Evidence seen)
    {
        var faults = new List<string>();
        foreach (var board in seen.Boards)
        {
            var topic = System.Text.Encoding.UTF8.GetBytes($"traffic/v1/{board.Replace("/", "/board/", StringComparison.Ordinal)}/message");
            var filters = seen.Events.OfType<DeviceSubscribed>().Where(s => TopicFilter.IsMatch(System.Text.Encoding.UTF8.GetBytes(s.Filter), topic)).ToList();
            faults.AddRange(
                filters.Count == 0 ? [$"{board} does not subscribe to its messages"]
                : filters.All(static s => s.QoS == QualityOfService.AtMostOnce) ? [$"{board} subscribes at QoS 0: a message may be lost"]
                : []);
        }

        var answered = seen.Events.OfType<DeliveryAnswered>().Select(static a => (a.Connection, a.PacketId)).ToHashSet();
        var stage = seen.Span(BenchStage.Boards);
        faults.AddRange(seen.Events.OfType<BenchDelivered>().Where(d => d.At >= stage?.From && d.At < stage?.To && d.PacketId != 0 && !answered.Contains((d.Connection, d.PacketId))).Select(static d => $"a message at {d.Topic} was not acknowledged"));
        return seen.Boards.Count == 0 ? CheckResult.NotSeen("no board") : CheckResult.Of(faults, string.Join(", ", seen.Boards));
    }

    public static CheckResult Status(Evidence seen)
    {
        var all = seen.Messages.Where(static m => m is { Kind: "board", Leaf: "status" }).ToList();
        var faults = all.Where(static m => BoardMessageJson.ReadStatus(m.Sent.Payload.Span) is null)
            .Select(static m => $"{m.Sent.Topic}: not a status: {System.Text.Encoding.UTF8.GetString(m.Sent.Payload.Span)}")
            .ToList();
        return all.Count == 0 ? CheckResult.NotSeen("no board has said what it shows") : CheckResult.Of(faults, $"{all.Count} statuses");
    }

    public static CheckResult Shows(Evidence seen) => Judge(
        seen,
        static e => e.Multi.Length is > 0 and < TooLong && !IsSoonOver(e),
        static (e, status) => status.State == "shown" && (status.Multi is null || status.Multi == e.Multi),
        static e => $"'{e.Multi}' was not reported as shown");

    public static CheckResult Blanks(Evidence seen) => Judge(
        seen,
        static e => e.Multi.Length == 0,
        static (_, status) => status.State == "blank",
        static _ => "an empty multi was not reported as blank");

    public static CheckResult Refuses(Evidence seen) => Judge(
        seen,
        static e => e.Multi.Length >= TooLong,
        static (_, status) => status.State is "rejected" or "failed" && !string.IsNullOrEmpty(status.Error),
        static e => $"a text of {e.Multi.Length} characters was not rejected with an error");

    public static CheckResult Expires(Evidence seen)
    {
        var exchanges = BoardExchange.Of(seen);
        var over = exchanges.Where(static e => e.Multi.Length is > 0 and < TooLong && IsSoonOver(e)).ToList();
        var faults = new List<string>();
        foreach (var exchange in over)
        {
            var (ends, next) = (DateTimeOffset.FromUnixTimeMilliseconds(exchange.Expires!.Value), exchanges.FirstOrDefault(e => e.Board == exchange.Board && e.At > exchange.At)?.At);
            if (exchange.At >= ends)
            {
                // It came again after its end, because the broker keeps it: to a board that was away it is not to be shown any more.
                faults.AddRange(exchange.Statuses.Any(s => s.Status.Id == exchange.Id && s.Status.State == "shown") ? [$"{exchange.Board} shows a message that was over before it came"] : []);
                continue;
            }

            var blank = exchange.Statuses.FirstOrDefault(s => s.Status.State == "blank" && s.At >= ends - TimeSpan.FromSeconds(1) && (next is null || s.At < next));
            faults.AddRange(blank.Status is null ? [$"{exchange.Board}: a message that was over at {ends:HH:mm:ss} was not reported as blank within {AnswerWithin.TotalSeconds:0} s"] : []);
        }

        return over.Count == 0 ? CheckResult.NotSeen("no message with an end was sent") : CheckResult.Of(faults, "a message that is over is blanked");
    }

    private static CheckResult Judge(
        Evidence seen, Func<BoardExchange, bool> isMeant, Func<BoardExchange, BoardStatus, bool> isRight, Func<BoardExchange, string> whenNot)
    {
        var exchanges = BoardExchange.Of(seen).Where(isMeant).ToList();
        var faults = new List<string>();
        foreach (var exchange in exchanges)
        {
            var own = exchange.Statuses.Where(s => s.Status.Id == exchange.Id && s.At - exchange.At <= AnswerWithin).Select(static s => s.Status).ToList();
            if (!own.Any(status => isRight(exchange, status)))
            {
                faults.Add(own.Count == 0 ? $"{exchange.Board}: no status names the message {exchange.Id}" : $"{exchange.Board}: {whenNot(exchange)}, but as {own[^1].State}{(own[^1].Multi is { } multi ? $" '{multi[..Math.Min(multi.Length, 40)]}'" : "")}");
            }
        }

        return exchanges.Count == 0 ? CheckResult.NotSeen("no such message was sent") : CheckResult.Of(faults, $"{exchanges.Count} messages");
    }

    private static bool IsSoonOver(BoardExchange exchange) => exchange.Expires is { } ends && ends - exchange.At.ToUnixTimeMilliseconds() < SoonOver.TotalMilliseconds;
}
