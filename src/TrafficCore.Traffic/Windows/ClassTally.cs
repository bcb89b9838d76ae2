using TrafficCore.Traffic.Service;

namespace TrafficCore.Traffic.Windows;

/// <summary>Vehicles by class name, kept in order of name. One owner.</summary>
public sealed class ClassTally
{
    private readonly List<ClassVolume> _classes = [];

    /// <summary>Whether no class was added.</summary>
    public bool IsEmpty => _classes.Count == 0;

    /// <summary>Forgets everything.</summary>
    public void Clear() => _classes.Clear();

    /// <summary>Adds vehicles of a class.</summary>
    public void Add(string name, long volume)
    {
        int at = 0;
        while (at < _classes.Count && string.CompareOrdinal(_classes[at].Name, name) < 0)
        {
            at++;
        }

        if (at < _classes.Count && _classes[at].Name == name)
        {
            _classes[at] = new ClassVolume(name, _classes[at].Volume + volume);
        }
        else
        {
            _classes.Insert(at, new ClassVolume(name, volume));
        }
    }

    /// <summary>Adds another tally.</summary>
    public void Add(ClassTally other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (ClassVolume item in other._classes)
        {
            Add(item.Name, item.Volume);
        }
    }

    /// <summary>The classes as they are now, ordered by name.</summary>
    public IReadOnlyList<ClassVolume> ToList() => IsEmpty ? [] : _classes.ToArray();

    /// <summary>
    /// Passenger-car units in 0.001 pcu; null without classes, and when the classes name fewer vehicles than were counted: what a vehicle
    /// without a class is worth is not known.
    /// </summary>
    /// <param name="table">Units of each class.</param>
    /// <param name="volume">All vehicles that were counted.</param>
    public long? PcuMilli(PcuTable table, long volume)
    {
        ArgumentNullException.ThrowIfNull(table);
        return IsEmpty || _classes.Sum(c => c.Volume) < volume ? null : _classes.Sum(c => c.Volume * table.FactorMilli(c.Name));
    }
}
