using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Traffic.Service;

/// <summary>The methods that judge by speed.</summary>
public enum ServiceMethod
{
    /// <summary>GB/T 33171-2016, five levels.</summary>
    Gbt33171SpeedRatio = 1,

    /// <summary>HCM 7, six levels.</summary>
    Hcm7SpeedRatio = 2,
}

/// <summary>How levels of service are judged.</summary>
/// <remarks>
/// A change holds for rows that are published from then on: stored rows keep the level and the method that they were published with, and what is
/// corrected later is judged by the method of that time.
/// </remarks>
public sealed class ServiceOptions : IValidatableObject
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Service";

    /// <summary>Method for approaches with a known speed and free-flow speed. Default GB/T 33171, whose index of the city is published beside it.</summary>
    public ServiceMethod Method { get; set; } = ServiceMethod.Gbt33171SpeedRatio;

    /// <summary>Whether approaches without a speed are judged by occupancy. Default true: a loop that cannot tell speed can still tell a standing queue.</summary>
    public bool ByOccupancy { get; set; } = true;

    /// <summary>The most percent of occupancy that each level but the last may have, ascending: 4 limits for GB/T 33171, 5 for HCM 7.</summary>
    /// <value>Empty: 10, 15, 25, 35 for five levels; 10, 15, 20, 25, 35 for six; see <see cref="OccupancyScale.FiveLevels"/>.</value>
    public IReadOnlyList<double> OccupancyLimits { get; set; } = [];

    private SpeedRatioScale Scale => Method == ServiceMethod.Hcm7SpeedRatio ? SpeedRatioScale.Hcm7 : SpeedRatioScale.Gbt33171;

    private IReadOnlyList<double> Limits =>
        OccupancyLimits.Count > 0 ? OccupancyLimits : Method == ServiceMethod.Hcm7SpeedRatio ? OccupancyScale.SixLevels : OccupancyScale.FiveLevels;

    /// <summary>The same, as those who judge use it.</summary>
    public ServiceRules ToRules() =>
        new(Scale, ByOccupancy ? new OccupancyScale(Limits.Select(limit => (int)Math.Round(limit * 1000, MidpointRounding.AwayFromZero))) : null);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Limits.Count != Scale.Levels - 1)
        {
            yield return new ValidationResult($"needs {Scale.Levels - 1} limits for the {Scale.Levels} levels of {Scale.Method}", [nameof(OccupancyLimits)]);
        }

        if (Limits.Any(limit => limit is not (> 0 and < 100)) || Limits.Zip(Limits.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            yield return new ValidationResult("must be percent between 0 and 100 that rise from one to the next", [nameof(OccupancyLimits)]);
        }
    }
}
