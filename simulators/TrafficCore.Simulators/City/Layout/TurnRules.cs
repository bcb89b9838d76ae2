using TrafficCore.Simulators.City.Demand;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.City.Layout;

/// <summary>Which turns there are at an intersection and how many take them, from the bearings of its legs.</summary>
internal static class TurnRules
{
    /// <summary>The turns of one approach. A leg without a road in the file leads out of the city.</summary>
    /// <param name="approach">From where.</param>
    /// <param name="site">Its intersection.</param>
    /// <param name="outgoing">Roads that begin here, with the direction in which each is driven.</param>
    /// <param name="random">Draws the shares.</param>
    public static IReadOnlyList<MapExit> Exits(
        Approach approach, Intersection site, IReadOnlyList<(MapLink Link, double? Bearing)> outgoing, ref CityRandom random)
    {
        // Drawn always, so that one approach's geometry does not move another's numbers.
        int left = random.Between(120, 220), right = random.Between(120, 220);
        (Movements Movement, int Share)[] shares = [(Movements.Left, left), (Movements.Through, 1000 - left - right), (Movements.Right, right)];
        MapExit[] exits = [.. shares.Select(s => Exit(approach, site, outgoing, s.Movement, s.Share)).OfType<MapExit>()];
        return exits.Length > 0 ? Complete(exits) : Complete(InFileOrder(outgoing, shares));
    }

    /// <summary>
    /// Turns that are made from each lane: a lane with a phase other than its approach's is for left turns; of the others the first
    /// takes left turns that have no lane of their own, the last takes right turns, and all go straight on.
    /// </summary>
    public static Movements[] Lanes(IReadOnlyList<int> phases, int approachPhase, IReadOnlyList<MapExit> exits)
    {
        var existing = exits.Aggregate(Movements.None, static (all, e) => all | e.Movement);
        var others = Enumerable.Range(0, phases.Count).Where(i => phases[i] == approachPhase).ToArray();
        var hasLeft = others.Length < phases.Count && others.Length > 0 && existing.HasFlag(Movements.Left);
        var lanes = new Movements[phases.Count];
        for (var i = 0; i < lanes.Length; i++)
        {
            var isLeft = hasLeft && phases[i] != approachPhase;
            lanes[i] = isLeft ? Movements.Left : Movements.Through;
            if (!isLeft && others.Length > 0)
            {
                lanes[i] |= !hasLeft && i == others[0] ? Movements.Left : Movements.None;
                lanes[i] |= i == others[^1] ? Movements.Right : Movements.None;
            }

            // A road that ends here has no straight on; and where all lanes have phases of their own, none is special.
            lanes[i] = others.Length == 0 || (lanes[i] & existing) == 0 ? existing : lanes[i] & existing;
        }

        return lanes;
    }

    private static MapExit? Exit(
        Approach approach, Intersection site, IReadOnlyList<(MapLink Link, double? Bearing)> outgoing, Movements movement, int share)
    {
        if (approach.Bearing is not { } bearing)
        {
            return null;
        }

        var roads = outgoing.Where(o => o.Bearing is { } b && Turn(bearing, b) == movement).ToArray();
        if (roads.Length > 0)
        {
            return new MapExit(movement, roads[0].Link, share);
        }

        // Streets are two-way: where traffic comes from, traffic can go to.
        var hasLeg = site.Approaches.Any(a => a.Bearing is { } b && Turn(bearing, (b + 180) % 360) == movement);
        return hasLeg ? new MapExit(movement, null, share) : null;
    }

    private static MapExit[] InFileOrder(IReadOnlyList<(MapLink Link, double? Bearing)> outgoing, (Movements Movement, int Share)[] shares)
    {
        Movements[] order = [Movements.Through, Movements.Left, Movements.Right];
        return outgoing.Count == 0
            ? [new MapExit(Movements.Through, null, 1000)]
            : [.. outgoing.Take(order.Length).Select((o, i) => new MapExit(order[i], o.Link, Array.Find(shares, s => s.Movement == order[i]).Share))];
    }

    /// <summary>What a missing turn would have had goes to the largest.</summary>
    private static MapExit[] Complete(MapExit[] exits)
    {
        var largest = exits.MaxBy(static e => e.Share)!;
        var missing = 1000 - exits.Sum(static e => e.Share);
        return [.. exits.Select(e => e == largest ? e with { Share = e.Share + missing } : e)];
    }

    private static Movements Turn(double from, double to)
    {
        var angle = ((to - from + 540) % 360) - 180;
        return Math.Abs(angle) <= 45 ? Movements.Through
            : angle is > -135 and < -45 ? Movements.Left
            : angle is > 45 and < 135 ? Movements.Right
            : Movements.None;
    }
}
