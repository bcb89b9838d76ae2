using System.Diagnostics.Metrics;

namespace TrafficCore.Boards;

/// <summary>Counters of the boards.</summary>
internal sealed class BoardsMetrics
{
    public const string MeterName = "TrafficCore.Boards";

    private readonly Counter<long> sent;
    private readonly Counter<long> failed;
    private readonly Counter<long> statuses;
    private readonly Counter<long> dropped;

    public BoardsMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        sent = meter.CreateCounter<long>("trafficcore.boards.messages", "{message}", "Messages handed over for delivery, by what they are.");
        failed = meter.CreateCounter<long>("trafficcore.boards.send_failures", "{message}", "Messages that the transport did not take.");
        statuses = meter.CreateCounter<long>("trafficcore.boards.statuses", "{status}", "Status messages of boards, by state.");
        dropped = meter.CreateCounter<long>("trafficcore.boards.inputs_dropped", "{input}", "Windows and status messages dropped because the director was behind.");
    }

    public void Sent(bool blank) => sent.Add(1, new KeyValuePair<string, object?>("kind", blank ? "blank" : "message"));

    public void Failed() => failed.Add(1);

    public void Status(string state) => statuses.Add(1, new KeyValuePair<string, object?>("state", state));

    public void Dropped() => dropped.Add(1);
}
