using TrafficCore.Simulators.City.Demand;
using TrafficCore.Simulators.City.Layout;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>One approach: takes vehicles in, lets them choose turn and lane, and lets them out at the stop bar.</summary>
/// <remarks>Ownership: its intersection steps it. Other intersections only see it through its <see cref="LinkState"/>s.</remarks>
internal sealed class ApproachState
{
    /// <summary>
    /// Of vehicles that come from another intersection, how many end their trip here, per million; as many begin one. Trips of eight
    /// roads on average fill a large city evenly within minutes, where edges alone would take days.
    /// </summary>
    public const int TripEnds = 125_000;

    /// <summary>Deviation of desired speeds, per mille.</summary>
    private const int SpeedDeviation = 80;

    /// <summary>How long the first in a lane stands before a full road until it gives up: two cycles of the usual 90 s.</summary>
    private const long Patience = 180_000;

    /// <summary>Vehicles that wait at the upstream end one by one; more wait as a number outside the model.</summary>
    private const int MaxWaiting = 16;

    private readonly CityOptions _options;
    private readonly LinkState[] _links;
    private readonly LinkState[] _incoming;
    private readonly List<Transit> _waiting = new(8);
    private readonly long[] _arrivals = new long[8];
    private ArrivalProcess _source;
    private CityRandom _random;
    private ApproachTally _tally;

    public ApproachState(MapApproach map, CityOptions options, LinkState[] links, IEnumerable<LaneState> lanes)
    {
        (Map, _options, _links) = (map, options, links);
        Lanes = [.. lanes];
        _incoming = [.. map.Incoming.Select(l => links[l.Index])];
        _source = new ArrivalProcess(options.Arrivals, CityRandom.For(options.Seed, RandomUse.Arrivals, map.Index));
        _random = CityRandom.For(options.Seed, RandomUse.Vehicles, map.Index);
    }

    public MapApproach Map { get; }

    public LaneState[] Lanes { get; }

    /// <summary>What has happened so far.</summary>
    public ref readonly ApproachTally Tally => ref _tally;

    /// <summary>Vehicles that would like to enter and find the road full, beyond those that wait at its end.</summary>
    public long Outside { get; private set; }

    /// <summary>Vehicles that would have passed the stop bar by now if nothing had stopped them, those that wait to get in included.</summary>
    public int Queue { get; private set; }

    /// <summary>The longest queue since <see cref="ResetQueue"/>.</summary>
    public int LongestQueue { get; private set; }

    /// <summary>Vehicles on the road, those that wait at its upstream end included.</summary>
    public int Inside
    {
        get
        {
            var inside = _waiting.Count;
            foreach (var lane in Lanes)
            {
                inside += lane.Inside;
            }

            return inside;
        }
    }

    /// <summary>Begins a new span for <see cref="LongestQueue"/>.</summary>
    public void ResetQueue() => LongestQueue = Queue;

    /// <summary>Takes in who comes from other intersections and who begins a trip.</summary>
    public void Admit(in ModelStep step)
    {
        foreach (var link in _incoming)
        {
            var received = link.Received(step.Parity);
            foreach (var transit in received)
            {
                Receive(transit);
            }

            received.Clear();
        }

        Begin(step);
        while (_waiting.Count > 0 && _waiting[0].At < step.Until && TryEnter(step.From))
        {
        }
    }

    /// <summary>Lets out who passes the stop bar, lane by lane.</summary>
    public void Discharge(in ModelStep step)
    {
        foreach (var lane in Lanes)
        {
            lane.SeeSignal();
            while (lane.TryLeave(step.Until, out var at, out var vehicle))
            {
                MapExit? exit = Map.Exits[vehicle.Exit];
                if (!IsOpen(exit, step) && !TryGiveUp(lane, step, out exit))
                {
                    lane.Hold(step.From, step.Until);
                    break;
                }

                lane.Leave(at);
                Count(at, vehicle);
                Send(step, at, vehicle, exit?.Link);
            }
        }
    }

    /// <summary>Lets the loops feel, counts queues, and tells upstream whether there is room.</summary>
    public void Observe(in ModelStep step)
    {
        var queue = 0;
        var least = int.MaxValue;
        foreach (var lane in Lanes)
        {
            lane.Feel(step.Until);
            lane.CountQueue(step.Until);
            queue += lane.Queue;
            least = Math.Min(least, lane.Space);
        }

        // Sorted by time: who still drives up to the road's end comes last.
        var waiting = _waiting.Count;
        while (waiting > 0 && _waiting[waiting - 1].At >= step.Until)
        {
            waiting--;
        }

        Queue = queue + waiting + (int)Math.Min(Outside, int.MaxValue / 2);
        LongestQueue = Math.Max(LongestQueue, Queue);
        _tally.QueueSeconds += Queue;

        // Three cars can be under way already.
        var isOpen = _waiting.Count <= 2 && least + (3 * VehicleType.All[0].Space) <= Map.Length;
        foreach (var link in _incoming)
        {
            link.Publish(step.Parity, isOpen);
        }
    }

    private bool IsOpen(MapExit exit, in ModelStep step) => exit.Link is not { } road || _links[road.Index].IsOpen(step.Parity);

    /// <summary>
    /// Who has stood before a full road for too long turns off elsewhere, or ends the trip: into the next side street. Without, roads that are full in a
    /// ring would stand for ever.
    /// </summary>
    private bool TryGiveUp(LaneState lane, in ModelStep step, out MapExit? exit)
    {
        exit = null;
        if (lane.HeldFor(step.From) < Patience)
        {
            return false;
        }

        foreach (var other in Map.Exits)
        {
            if ((lane.Map.Movements & other.Movement) != 0 && IsOpen(other, step))
            {
                exit = other;
                break;
            }
        }

        return true;
    }

    private void Receive(in Transit transit)
    {
        _tally.Entered++;
        if (_random.Chance(TripEnds))
        {
            _tally.Ended++;
            return;
        }

        Wait(transit with { Exit = ChooseExit() });
    }

    /// <summary>Vehicles that begin their trip here.</summary>
    private void Begin(in ModelStep step)
    {
        var flow = (long)Map.PeakEntries * step.Share * (1000 + (Map.Inbound * step.Tide)) / 1000;
        var count = _source.Take(step.From, step.Until, flow, _arrivals);
        for (var i = 0; i < count; i++)
        {
            if (_waiting.Count < MaxWaiting && Outside == 0)
            {
                Wait(Create(_arrivals[i]));
            }
            else
            {
                Outside++;
            }
        }

        while (Outside > 0 && _waiting.Count < MaxWaiting)
        {
            Outside--;
            Wait(Create(step.From));
        }
    }

    private Transit Create(long at)
    {
        _tally.Entered++;
        _tally.Began++;
        var vehicleClass = _options.Classes.Draw(ref _random);
        var speed = Math.Clamp(1000 + _random.Bell(SpeedDeviation), 750, 1250) * VehicleType.Of(vehicleClass).SpeedPercent / 100;
        return new Transit(at, vehicleClass, (ushort)speed, ChooseExit());
    }

    private byte ChooseExit()
    {
        var at = _random.Below(1000);
        byte exit = 0;
        while (at >= Map.Exits[exit].Share)
        {
            at -= Map.Exits[exit++].Share;
        }

        return exit;
    }

    /// <summary>Keeps who waits in the order of entry.</summary>
    private void Wait(in Transit transit)
    {
        var at = _waiting.Count;
        while (at > 0 && _waiting[at - 1].At > transit.At)
        {
            at--;
        }

        _waiting.Insert(at, transit);
    }

    /// <summary>The first that waits takes the emptiest lane for its turn; false when that is full.</summary>
    private bool TryEnter(long from)
    {
        var transit = _waiting[0];
        var movement = Map.Exits[transit.Exit].Movement;
        LaneState? best = null;
        foreach (var lane in Lanes)
        {
            if ((lane.Map.Movements & movement) != 0 && (best is null || lane.Space < best.Space))
            {
                best = lane;
            }
        }

        if (!best!.HasRoom(VehicleType.Of(transit.Class).Space))
        {
            return false;
        }

        best.Enter(Math.Max(from, transit.At), transit.Class, transit.SpeedMilli * Map.FreeSpeed / 1000, transit.Exit);
        _waiting.RemoveAt(0);
        return true;
    }

    private void Count(long at, in Vehicle vehicle)
    {
        _tally.Left++;
        _tally.Travel += at - vehicle.Entered;
        _tally.Delay += at - vehicle.Free(Map.Length);
    }

    private void Send(in ModelStep step, long at, in Vehicle vehicle, MapLink? to)
    {
        if (to is not { } road)
        {
            _tally.Out++;
        }
        else
        {
            var speed = (ushort)(vehicle.Speed * 1000 / Map.FreeSpeed);
            _links[road.Index].Send(step.Parity, new Transit(at + LinkState.Crossing, vehicle.Class, speed, Transit.Undecided));
        }
    }
}
