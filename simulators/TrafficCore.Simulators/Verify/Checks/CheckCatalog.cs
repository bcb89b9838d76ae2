namespace TrafficCore.Simulators.Verify;

/// <summary>All checks, in the order of the sheet.</summary>
internal static class CheckCatalog
{
    private const CheckScope Telemetry = CheckScope.Detector | CheckScope.Controller;

    /// <summary>Every check but <see cref="Tls"/>, which counts only where encryption is asked for.</summary>
    public static readonly IReadOnlyList<Check> All =
    [
        Connection("connect", "contract 1: MQTT 3.1.1 and 5.0", BenchStage.Observing, ConnectionChecks.Connect),
        Connection("client-id", "MQTT 3.1.3.1", BenchStage.Resending, ConnectionChecks.ClientId),
        Connection("session", "MQTT 3.1.2.4", BenchStage.Observing, ConnectionChecks.Session),
        Connection("keep-alive", "MQTT 3.1.2.10", BenchStage.Observing, ConnectionChecks.KeepAlive),
        Connection("will", "contract 1: .../state", BenchStage.Observing, ConnectionChecks.Will),
        Connection("online", "contract 1: .../state", BenchStage.Resending, ConnectionChecks.Online),
        Connection("reconnect", "contract 1: Acknowledgement", BenchStage.Resending, ConnectionChecks.Reconnect),
        new("topics", "contract 1: topics", CheckScope.Connection, BenchStage.Observing, MessageChecks.Topics),
        new("retain", "contract 1: topics, retained", CheckScope.Connection, BenchStage.Observing, MessageChecks.Retain),
        new("payload", "contract 1: Reading, Events", Telemetry, BenchStage.Observing, MessageChecks.Payload),
        new("qos", "contract 1: Acknowledgement", Telemetry, BenchStage.Observing, MessageChecks.Qos),
        new("clock", "contract 3: Bounds", Telemetry, BenchStage.Observing, TimeChecks.Clock),
        new("ts-start", "contract 1: Reading, ts", CheckScope.Detector, BenchStage.Observing, TimeChecks.TsStart),
        new("interval", "contract 1: Reading, interval", CheckScope.Detector, BenchStage.Observing, TimeChecks.Interval),
        new("seq", "contract 1: Reading, seq", CheckScope.Detector, BenchStage.Observing, TimeChecks.Sequence),
        new("event-codes", "contract 1: Events", CheckScope.Controller, BenchStage.Observing, ControllerChecks.EventCodes),
        new("event-times", "contract 1: Events", CheckScope.Controller, BenchStage.Observing, ControllerChecks.EventTimes),
        new("batch-seq", "contract 1: Events, seq", CheckScope.Controller, BenchStage.CatchingUp, ControllerChecks.BatchSequence),
        new("board-subscribe", "contract 1: .../message", CheckScope.Board, BenchStage.Boards, BoardChecks.Subscribe) { NeedsOwnServer = true },
        new("board-status", "contract 1: Board status", CheckScope.Board, BenchStage.Boards, BoardChecks.Status),
        new("board-shows", "contract 1: Board message", CheckScope.Board, BenchStage.Boards, BoardChecks.Shows),
        new("board-blanks", "contract 1: Board message, empty multi", CheckScope.Board, BenchStage.Boards, BoardChecks.Blanks),
        new("board-refuses", "contract 1: Board status, rejected", CheckScope.Board, BenchStage.Boards, BoardChecks.Refuses),
        new("board-expires", "contract 1: Board message, expires", CheckScope.Board, BenchStage.Boards, BoardChecks.Expires),
        Delivery("acknowledged", "contract 1: Acknowledgement", BenchStage.Observing, DeliveryChecks.Acknowledged),
        Delivery("resend", "contract 1: Acknowledgement", BenchStage.Resending, DeliveryChecks.Resend),
        Delivery("session-present", "MQTT 4.4, 3.3.1.1", BenchStage.Resending, DeliveryChecks.SessionPresent),
        new("duplicates", "contract 1: Reading, identity", Telemetry, BenchStage.Resending, DeliveryChecks.Duplicates),
        new("buffer", "contract 3: Late", CheckScope.Detector, BenchStage.CatchingUp, BufferCheck.Judge) { NeedsOwnServer = true },
    ];

    /// <summary>Encryption.</summary>
    public static readonly Check Tls = Connection("tls", "contract 1: TLS", BenchStage.Observing, ConnectionChecks.Tls);

    private static Check Connection(string name, string clause, BenchStage stage, Func<Evidence, CheckResult> judge) =>
        new(name, clause, CheckScope.Connection, stage, judge) { NeedsOwnServer = true };

    private static Check Delivery(string name, string clause, BenchStage stage, Func<Evidence, CheckResult> judge) =>
        new(name, clause, Telemetry, stage, judge) { NeedsOwnServer = true };
}
