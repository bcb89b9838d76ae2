using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>A vehicle in a lane, from its entry until nobody behind needs to know any more when it left.</summary>
internal struct Vehicle
{
    /// <summary>When it entered the lane at its upstream end, ms.</summary>
    public long Entered;

    /// <summary>Milliseconds from there to the stop bar; negative while it has not passed it.</summary>
    public int Travel;

    /// <summary>
    /// Centimetres that all vehicles before it in this lane take standing, since the lane began; wraps. The difference of two vehicles
    /// is how far apart they stand in a queue.
    /// </summary>
    public int Before;

    /// <summary>
    /// Reaction lags of all vehicles before it, ms, since the lane began; wraps. The difference of two vehicles is how much later the
    /// rear one starts.
    /// </summary>
    public int Lag;

    /// <summary>Desired speed, cm/s.</summary>
    public ushort Speed;

    public VehicleClass Class;

    /// <summary>Which of the approach's exits it takes.</summary>
    public byte Exit;

    public readonly bool HasLeft => Travel >= 0;

    /// <summary>When its front passed the stop bar.</summary>
    public readonly long Left => Entered + Travel;

    /// <summary>When it has driven a distance if nobody is in its way.</summary>
    public readonly long Free(int distance) => Entered + (distance * 1000L / Speed);
}
