namespace TrafficCore.Simulators.City.Roads;

/// <summary>
/// The vehicles of a lane by number, first in, first out: those that left and are still needed, then those inside. The storage grows
/// when it must and is used again and again.
/// </summary>
/// <remarks>Ownership: one lane.</remarks>
internal struct VehicleQueue
{
    private Vehicle[] _slots;

    public VehicleQueue(int capacity) => _slots = new Vehicle[capacity];

    /// <summary>The oldest that is kept.</summary>
    public int First { get; private set; }

    /// <summary>The first that has not passed the stop bar.</summary>
    public int Head { get; private set; }

    /// <summary>Number of the next to come.</summary>
    public int Tail { get; private set; }

    /// <summary>Vehicles that have not passed the stop bar.</summary>
    public readonly int Inside => Tail - Head;

    public readonly bool IsFull => Tail - First == _slots.Length;

    public readonly ref Vehicle this[int number] => ref _slots[number & (_slots.Length - 1)];

    /// <summary>Forgets those before a number that have left.</summary>
    public void Trim(int keepFrom) => First = Math.Max(First, Math.Min(keepFrom, Head));

    /// <summary>Adds one at the end.</summary>
    public void Add(in Vehicle vehicle)
    {
        if (IsFull)
        {
            Grow();
        }

        this[Tail++] = vehicle;
    }

    /// <summary>The head has passed the stop bar.</summary>
    public void Leave() => Head++;

    private void Grow()
    {
        var larger = new Vehicle[_slots.Length * 2];
        for (var i = First; i < Tail; i++)
        {
            larger[i & (larger.Length - 1)] = this[i];
        }

        _slots = larger;
    }
}
