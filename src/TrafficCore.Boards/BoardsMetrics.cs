using System.Diagnostics.Metrics;
using TrafficCore.Boards.Delivery;

namespace TrafficCore.Boards;

/// <summary>Counters of the boards.</summary>
internal sealed class BoardsMetrics
{
    public const string MeterName = "TrafficCore.Boards";

    private readonly Meter meter;
    private readonly Counter<long> sent;
    private readonly Counter<long> failed;
    private readonly Counter<long> statuses;
    private readonly Counter<long> dropped;
    private readonly Counter<long> decided;
    private readonly Counter<long> givenUp;
    private readonly Counter<long> unsaved;

    public BoardsMetrics(IMeterFactory meters)
    {
        meter = meters.Create(MeterName);
        sent = meter.CreateCounter<long>("trafficcore.boards.messages", "{message}", "Messages handed over for delivery, by what they are.");
        failed = meter.CreateCounter<long>("trafficcore.boards.send_failures", "{message}", "Messages that the transport did not take.");
        statuses = meter.CreateCounter<long>("trafficcore.boards.statuses", "{status}", "Status messages of boards, by state.");
        dropped = meter.CreateCounter<long>("trafficcore.boards.inputs_dropped", "{input}", "Status messages dropped because the director was behind.");
        decided = meter.CreateCounter<long>("trafficcore.boards.decisions", "{decision}", "Changes of what boards are to show, by state.");
        givenUp = meter.CreateCounter<long>("trafficcore.boards.waits_given_up", "{wait}", "Times that an intersection's window was not waited for any more.");
        unsaved = meter.CreateCounter<long>("trafficcore.boards.save_failures", "{save}", "Times that what boards know could not be saved.");
    }

    /// <summary>Shows how many boards are in each state of delivery.</summary>
    public void Watch(Func<IReadOnlyList<BoardSnapshot>> boards) => meter.CreateObservableGauge(
        "trafficcore.boards.delivery",
        () => Enum.GetValues<BoardDelivery>().Select(state => new Measurement<int>(
            boards().Count(b => b.Delivery == state), new KeyValuePair<string, object?>("state", BoardDeliveries.Name(state)))),
        "{board}",
        "Boards by how far their device confirms what they should show.");

    public void Sent(bool blank) => sent.Add(1, new KeyValuePair<string, object?>("kind", blank ? "blank" : "message"));

    public void Failed() => failed.Add(1);

    public void Status(string state) => statuses.Add(1, new KeyValuePair<string, object?>("state", state));

    public void Dropped() => dropped.Add(1);

    public void Decided(string state) => decided.Add(1, new KeyValuePair<string, object?>("state", state));

    public void GivenUp() => givenUp.Add(1);

    public void Unsaved() => unsaved.Add(1);
}
