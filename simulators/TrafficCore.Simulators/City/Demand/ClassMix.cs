using System.Globalization;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.City.Demand;

/// <summary>Shares of the vehicle classes in entering traffic, per mille; they add up to 1,000. Immutable.</summary>
/// <param name="Shares">By <see cref="VehicleClass"/>.</param>
internal sealed record ClassMix(IReadOnlyList<int> Shares)
{
    /// <summary>12 percent heavy vehicles, common on urban arterials.</summary>
    public static readonly ClassMix Urban = new([880, 40, 60, 20]);

    /// <summary>Passenger cars only: what textbook formulas assume.</summary>
    public static readonly ClassMix Cars = new([1000, 0, 0, 0]);

    /// <summary>Mean discharge headway as a multiple of a car's, in 0.001.</summary>
    public int HeadwayMilli => Shares.Select(static (share, i) => share * VehicleType.All[i].HeadwayMilli).Sum() / 1000;

    /// <summary>Reads <c>car=88,bus=4,truck=6,articulated=2</c>, percent; classes that are left out get nothing.</summary>
    /// <exception cref="UsageException">A class is unknown, or the shares do not add up to 100.</exception>
    public static ClassMix Parse(string text)
    {
        var shares = new int[VehicleType.All.Length];
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var pair = part.Split('=');
            var known = pair.Length == 2 ? Array.FindIndex(VehicleType.All, t => t.Name == pair[0]) : -1;
            if (known < 0 || !decimal.TryParse(pair[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) || percent > 100)
            {
                throw Bad(text);
            }

            shares[known] = (int)(percent * 10);
        }

        return shares.Sum() == 1000 ? new ClassMix(shares) : throw Bad(text);
    }

    /// <summary>Draws a class.</summary>
    public VehicleClass Draw(ref CityRandom random)
    {
        var at = random.Below(1000);
        var index = 0;
        while (at >= Shares[index])
        {
            at -= Shares[index++];
        }

        return (VehicleClass)index;
    }

    private static UsageException Bad(string text) => new(
        $"'{text}' is not a mix of classes; write shares of {string.Join(", ", VehicleType.All.Select(static t => t.Name))} that add up to 100, such as car=90,bus=10.");
}
