using System.Text;

namespace TrafficCore.Traffic.Observations;

/// <summary>One value of an observation: its name everywhere, the decimal unit in which it is kept, and what is possible.</summary>
/// <remarks>Immutable.</remarks>
public sealed class ObservedProperty
{
    private readonly byte[] _utf8Name;
    private readonly double _unitsInOne;

    internal ObservedProperty(string name, int decimals, int min, int max)
    {
        Name = name;
        Decimals = decimals;
        Min = min;
        Max = max;
        _utf8Name = Encoding.ASCII.GetBytes(name);
        _unitsInOne = Math.Pow(10, decimals);
    }

    /// <summary>Name in payloads, answers, fields and columns, e.g. <c>waterLevel</c>.</summary>
    public string Name { get; }

    /// <summary>The same as bytes.</summary>
    public ReadOnlySpan<byte> Utf8Name => _utf8Name;

    /// <summary>Decimals that are kept: a value is an integer of 10^-n of the contract's unit.</summary>
    public int Decimals { get; }

    /// <summary>Lowest possible value, in the unit that is kept.</summary>
    public int Min { get; }

    /// <summary>Highest possible value, in the unit that is kept.</summary>
    public int Max { get; }

    /// <summary>Whether it counts things: then a payload's fraction is a mistake, and a database gets an integer.</summary>
    public bool IsCount => Decimals == 0;

    /// <summary>A value in the contract's unit; the nearest floating-point number, as a decimal text of it would read.</summary>
    public double InContractUnit(int value) => value / _unitsInOne;
}
