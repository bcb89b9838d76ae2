using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Host.Ingress;

/// <summary>What the door judges by; put together from the sections <c>Ingest</c>, <c>Network</c>, <c>Windows</c> and <c>Mqtt</c>.</summary>
public sealed class IngressOptions
{
    /// <summary>Topics under it are taken in. Default <c>traffic/v1</c>, the contract's.</summary>
    [Required]
    public string TopicRoot { get; set; } = "traffic/v1";

    /// <summary>Older readings are refused; null: none is too old. Default 7 d, a device that was away over a holiday.</summary>
    public TimeSpan? MaxAge { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Readings further ahead of the service's clock are refused. Default 5 min: more than a clock drifts between two syncs.</summary>
    public TimeSpan MaxAhead { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A device whose clock is off by more is told of. Default 2 s, beyond which events of one controller do not fit another's.</summary>
    public TimeSpan MaxSkew { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest window: a longer interval fits nowhere. Default 15 min, as <c>Windows:Length</c>.</summary>
    public TimeSpan MaxInterval { get; set; } = TimeSpan.FromSeconds(900);

    /// <summary>Whether devices that the network file does not name are learnt. Default true: there is no file.</summary>
    public bool Open { get; set; } = true;

    /// <summary>Devices to learn at most. Default 500,000: a megacity's, at about 300 bytes each.</summary>
    [Range(0, 10_000_000)]
    public int MaxLearned { get; set; } = 500_000;

    /// <summary>Devices of one intersection to learn at most. Default 512: NTCIP 1202 numbers a controller's detectors with a byte, those of vehicles and those of pedestrians.</summary>
    [Range(0, 10_000_000)]
    public int MaxLearnedPerIntersection { get; set; } = 512;

    /// <summary>How often the network file is looked at. Default 2 s: soon enough for a person who waits for it.</summary>
    public TimeSpan WatchInterval { get; set; } = TimeSpan.FromSeconds(2);
}
