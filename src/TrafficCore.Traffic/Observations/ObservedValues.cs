using System.Runtime.InteropServices;

namespace TrafficCore.Traffic.Observations;

/// <summary>The values of one observation by the index of their property; what was not observed is absent, never 0.</summary>
/// <remarks>18 bytes, little-endian, that lie in input records as they are: four values, then a bit for each that is there. An absent value is kept as 0.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 1, Size = Size)]
public record struct ObservedValues
{
    /// <summary>Bytes.</summary>
    public const int Size = 18;

    /// <summary>Most properties that a kind can have.</summary>
    public const int MaxProperties = 4;

    private int _first;
    private int _second;
    private int _third;
    private int _fourth;
    private ushort _present;

    /// <summary>Whether nothing was observed.</summary>
    public readonly bool IsEmpty => _present == 0;

    /// <summary>A value in its property's unit; null when it is absent.</summary>
    /// <param name="property">Index of the property, below <see cref="MaxProperties"/>.</param>
    public int? this[int property]
    {
        readonly get => (_present >> property & 1) == 0 ? null : property switch
        {
            0 => _first,
            1 => _second,
            2 => _third,
            _ => _fourth,
        };
        set
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)property, (uint)MaxProperties);
            ushort bit = (ushort)(1 << property);
            _present = value is null ? (ushort)(_present & ~bit) : (ushort)(_present | bit);
            switch (property)
            {
                case 0:
                    _first = value ?? 0;
                    break;
                case 1:
                    _second = value ?? 0;
                    break;
                case 2:
                    _third = value ?? 0;
                    break;
                default:
                    _fourth = value ?? 0;
                    break;
            }
        }
    }

    /// <summary>16 bits that tell most different values apart; the same on every machine and in every version, since pages keep them.</summary>
    public readonly ushort Fingerprint()
    {
        const ulong Prime = 0x9E3779B97F4A7C15;
        ulong mixed = (_present + 1UL) * Prime;
        mixed = (mixed ^ (uint)_first) * Prime;
        mixed = (mixed ^ (uint)_second) * Prime;
        mixed = (mixed ^ (uint)_third) * Prime;
        mixed = (mixed ^ (uint)_fourth) * Prime;
        return (ushort)(mixed >> 48);
    }
}
