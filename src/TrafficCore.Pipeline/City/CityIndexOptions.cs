using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Pipeline.City;

/// <summary>The congestion index of the city.</summary>
public sealed class CityIndexOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "City";

    /// <summary>
    /// How long the first publication of a window waits, from its first row on, for the intersections that are to have rows in it. Default 2 min: live
    /// detectors with an interval of a minute can hold a window that long. What comes later corrects the index.
    /// </summary>
    public TimeSpan Wait { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// How far behind the newest window an index is still corrected. Default 6 h: a cabinet that was away for a morning. Of each length at most
    /// 360 windows are kept, 6 h of minutes: 12 bytes an approach and window.
    /// </summary>
    public TimeSpan Keep { get; set; } = TimeSpan.FromHours(6);

    /// <summary>Time between two saves of what the index is made from. Default 5 min, as snapshots: so much output is read again after a crash.</summary>
    public TimeSpan SaveEvery { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Length, metres, of the road segment that ends at an approach where no link of the network file says it. Default 400: the usual distance of
    /// signals on main roads is 300 to 500 m.</summary>
    [Range(1, 100_000)]
    public double DefaultLength { get; set; } = 400;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach ((string name, TimeSpan value) in new[] { (nameof(Wait), Wait), (nameof(Keep), Keep), (nameof(SaveEvery), SaveEvery) })
        {
            if (value <= TimeSpan.Zero)
            {
                yield return new ValidationResult("must be longer than 0", [name]);
            }
        }
    }
}
