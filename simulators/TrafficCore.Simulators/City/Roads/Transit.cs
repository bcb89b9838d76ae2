using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Simulators.City.Roads;

/// <summary>A vehicle between two lanes.</summary>
/// <param name="At">When it enters the next road.</param>
/// <param name="Class">What it is.</param>
/// <param name="SpeedMilli">Its desired speed as a share of the road's, per mille.</param>
/// <param name="Exit">Turn that it will make at the end of that road; <see cref="Undecided"/> until it gets there.</param>
internal readonly record struct Transit(long At, VehicleClass Class, ushort SpeedMilli, byte Exit)
{
    /// <summary>No turn chosen yet.</summary>
    public const byte Undecided = byte.MaxValue;
}

/// <summary>
/// Hands vehicles from one intersection to the next. What the upstream side writes in one step the downstream side reads in the
/// next, so both may be stepped at the same time and in any order.
/// </summary>
/// <remarks>Ownership: the upstream intersection writes the buffer of the step's parity, the downstream one reads and clears the other.</remarks>
internal sealed class LinkState
{
    /// <summary>
    /// Milliseconds from one stop bar into the next road, straight on or turning: 20 to 30 m at 8 to 10 m/s. At least one step, so that
    /// nobody enters before the other side has seen him.
    /// </summary>
    public const int Crossing = 2_000;

    private readonly List<Transit>[] _buffers = [new(4), new(4)];
    private readonly bool[] _isOpen = [true, true];

    /// <summary>Upstream: whether the road had room at the end of the last step.</summary>
    public bool IsOpen(int parity) => _isOpen[parity ^ 1];

    /// <summary>Upstream: sends a vehicle.</summary>
    public void Send(int parity, in Transit transit) => _buffers[parity].Add(transit);

    /// <summary>Downstream: what was sent in the last step.</summary>
    public List<Transit> Received(int parity) => _buffers[parity ^ 1];

    /// <summary>Downstream: says whether there is room.</summary>
    public void Publish(int parity, bool isOpen) => _isOpen[parity] = isOpen;

    /// <summary>Vehicles sent and not yet received; for counting between steps.</summary>
    public int Underway => _buffers[0].Count + _buffers[1].Count;
}
