using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>What is known of a device's counter beyond its last number: the numbers that are missing, and how often it was begun anew.</summary>
/// <remarks>
/// Bounded: <see cref="MaxHoles"/> holes, the oldest of which is forgotten first. Numbers of a forgotten hole stay missing for good.
/// </remarks>
internal sealed class SequenceCounter
{
    /// <summary>Holes that can be filled later. A device that is back-filling has one; a bad radio link makes a few within an hour.</summary>
    public const int MaxHoles = 16;

    private readonly List<Hole> _holes = [];

    private readonly record struct Hole(uint First, uint Count);

    /// <summary>Numbers that were missing and came after all.</summary>
    public long Filled { get; private set; }

    /// <summary>How often the counter was begun anew.</summary>
    public long Restarts { get; private set; }

    public void AddHole(uint first, uint count)
    {
        if (_holes.Count == MaxHoles)
        {
            _holes.RemoveAt(0);
        }

        _holes.Add(new Hole(first, count));
    }

    /// <summary>The counter is another one now: what is missing of the one before does not come any more under its number.</summary>
    public void Restart()
    {
        Restarts++;
        _holes.Clear();
    }

    /// <summary>Takes a number that comes after others; true when it was missing.</summary>
    public bool TryFill(uint sequence)
    {
        for (int i = 0; i < _holes.Count; i++)
        {
            (uint first, uint count) = (_holes[i].First, _holes[i].Count);
            uint before = unchecked(sequence - first);
            if (before < count)
            {
                Filled++;
                Split(i, new Hole(first, before), new Hole(unchecked(sequence + 1), count - before - 1));
                return true;
            }
        }

        return false;
    }

    public void Write(BodyWriter writer)
    {
        writer.Unsigned((ulong)Filled);
        writer.Unsigned((ulong)Restarts);
        writer.Count(_holes.Count);
        foreach (Hole hole in _holes)
        {
            writer.Unsigned(hole.First);
            writer.Unsigned(hole.Count);
        }
    }

    public static SequenceCounter Read(ref BodyReader reader)
    {
        var counter = new SequenceCounter { Filled = reader.Int64(), Restarts = reader.Int64() };
        for (int left = reader.Count(); left > 0; left--)
        {
            counter._holes.Add(new Hole((uint)reader.Unsigned(), (uint)reader.Unsigned()));
        }

        return counter;
    }

    // A hole that is filled in its middle becomes two; without room for both, the oldest is forgotten.
    private void Split(int index, Hole left, Hole right)
    {
        _holes.RemoveAt(index);
        if (right.Count > 0)
        {
            _holes.Insert(index, right);
        }

        if (left.Count > 0)
        {
            _holes.Insert(index, left);
        }

        if (_holes.Count > MaxHoles)
        {
            _holes.RemoveAt(0);
        }
    }
}
