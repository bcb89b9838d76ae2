using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>What the loops of a lane feel.</summary>
internal sealed partial class LaneState
{
    /// <summary>Not decided yet: somebody ahead has not left.</summary>
    private const long Unknown = long.MaxValue;

    /// <summary>2 m/s2 from a standstill and 3 m/s2 of braking: comfortable values for queues at signals; twice them, in cm/s2.</summary>
    private const int TwiceAcceleration = 400;
    private const int TwiceBraking = 600;

    /// <summary>Walking pace, cm/s: what still counts as moving.</summary>
    private const int SlowestSpeed = 100;

    /// <summary>Milliseconds for which a loop is free between two vehicles at least; two tenths, so that a log of tenths shows both edges.</summary>
    private const int ShortestGap = 200;

    /// <summary>Lets every loop feel what passes it before <paramref name="until"/>.</summary>
    public void Feel(long until)
    {
        var presence = Never;
        foreach (ref var loop in _loops.AsSpan())
        {
            presence = Math.Max(presence, Feel(ref loop, until));
        }

        if (presence != Never && _phase is not null)
        {
            _signal!.Feel(_phase, presence);
        }
    }

    /// <summary>Returns the last moment at which a vehicle was over the loop.</summary>
    private long Feel(ref LoopState loop, long until)
    {
        var presence = Never;
        while (true)
        {
            if (loop.IsOn)
            {
                var off = OffAt(ref loop);
                if (off >= until)
                {
                    return until - 1;
                }

                loop.IsOn = false;
                loop.Detector.Off(off);
                presence = off;
            }

            if (loop.Next == _vehicles.Tail || OnAt(ref loop) is var on && on >= until)
            {
                return presence;
            }

            TurnOn(ref loop, on);
        }
    }

    private void TurnOn(ref LoopState loop, long at)
    {
        ref readonly var vehicle = ref _vehicles[loop.Next];
        loop.Speed = SpeedAt(loop.Next, vehicle, loop.Map.OnAt, at);
        var length = VehicleType.Of(vehicle.Class).Length + loop.Map.OnAt - loop.Map.OffAt;
        loop.ClearAt = at + Math.Min(length * 1000L / loop.Speed, _discharge.Headway(vehicle.Class) - ShortestGap);
        (loop.IsOn, loop.LastOn) = (true, at);
        loop.Next++;
        loop.Detector.On(at, vehicle.Class, loop.Speed);
    }

    /// <summary>When the front of the next vehicle passes the upstream edge.</summary>
    private long OnAt(ref LoopState loop)
    {
        ref readonly var vehicle = ref _vehicles[loop.Next];
        var at = vehicle.Free(_approach.Length - loop.Map.OnAt);
        if (loop.Next > _vehicles.First)
        {
            at = Math.Max(at, loop.LastOn + _discharge.Headway(_vehicles[loop.Next - 1].Class));
        }

        loop.Leader = Leader(loop.Next, loop.Map.OnAt, loop.Leader);
        return Math.Max(at, BehindLeader(vehicle, loop.Next, loop.Map.OnAt, loop.Leader));
    }

    /// <summary>When the rear of the vehicle over the loop passes its downstream edge: at its pace, unless a queue holds it there.</summary>
    private long OffAt(ref LoopState loop)
    {
        var number = loop.Next - 1;
        ref readonly var vehicle = ref _vehicles[number];
        var front = loop.Map.OffAt - VehicleType.Of(vehicle.Class).Length;
        if (front >= 0)
        {
            return Math.Max(loop.ClearAt, BehindLeader(vehicle, number, front, Leader(number, front, loop.Leader)));
        }

        // It has to pass the stop bar to get off, and picks up speed there.
        return vehicle.HasLeft ? Math.Max(loop.ClearAt, vehicle.Left + (-front * 1000L / Math.Max(loop.Speed, _approach.FreeSpeed / 2))) : Unknown;
    }

    /// <summary>
    /// The last vehicle ahead that has to leave before this one's front can be at a place: those between the two fill the lane from
    /// there to the stop bar. <paramref name="from"/> is one known to be at or before it.
    /// </summary>
    private int Leader(int number, int place, int from)
    {
        var before = _vehicles[number].Before;
        var leader = Math.Max(from, _vehicles.First);
        while (leader + 1 < number && unchecked(before - _vehicles[leader + 1].Before) > place)
        {
            leader++;
        }

        return leader;
    }

    /// <summary>When it gets there behind that leader: the leader's path, moved upstream by the lengths and back in time by the lags between them.</summary>
    private long BehindLeader(in Vehicle vehicle, int number, int place, int leader)
    {
        if (leader >= number)
        {
            return Never;
        }

        ref readonly var ahead = ref _vehicles[leader];
        var apart = unchecked(vehicle.Before - ahead.Before);
        return apart <= place ? Never
            : !ahead.HasLeft ? Unknown
            : ahead.Left + ((apart - place) * 1000L / _approach.FreeSpeed) + unchecked(vehicle.Lag - ahead.Lag);
    }

    /// <summary>
    /// Speed of a front at a place. The paths above change speed at once; a loop near a queue feels that real vehicles do not: they
    /// accelerate from where they stood and brake for where they will stand.
    /// </summary>
    private int SpeedAt(int number, in Vehicle vehicle, int place, long at)
    {
        var speed = (int)vehicle.Speed;
        var stood = unchecked(vehicle.Before - _green.Before);
        if (_green.Left != Never && number >= _green.Head && stood >= place
            && vehicle.Free(_approach.Length - stood) < _green.Left + unchecked(vehicle.Lag - _green.Lag))
        {
            speed = Math.Min(speed, Root((stood - place) * TwiceAcceleration));
        }

        var head = _vehicles.Head;
        if (head <= number)
        {
            ref readonly var first = ref _vehicles[head];
            var stands = unchecked(vehicle.Before - first.Before);
            var isGo = _phase is null || at < _phase.GoUntil;
            if (stands < place && (!isGo || at + ((place - stands) * 1000L / vehicle.Speed) < EarliestLeave(first) + unchecked(vehicle.Lag - first.Lag)))
            {
                speed = Math.Min(speed, Root((place - stands) * TwiceBraking));
            }
        }

        return Math.Max(SlowestSpeed, speed);
    }

    /// <summary>Integer square root. IEEE 754 rounds square roots correctly, so every machine gets the same.</summary>
    private static int Root(int value)
    {
        var root = (int)Math.Sqrt(value);
        return root * root > value ? root - 1 : root;
    }
}
