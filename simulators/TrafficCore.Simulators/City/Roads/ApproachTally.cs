namespace TrafficCore.Simulators.City.Roads;

/// <summary>What has happened on an approach since the model began; the difference of two is what happened in between.</summary>
internal struct ApproachTally
{
    /// <summary>Vehicles that came onto the road.</summary>
    public long Entered;

    /// <summary>Of those, vehicles that began their trip there.</summary>
    public long Began;

    /// <summary>Vehicles whose trip ended there.</summary>
    public long Ended;

    /// <summary>Vehicles that passed the stop bar.</summary>
    public long Left;

    /// <summary>Of those, vehicles that left the city.</summary>
    public long Out;

    /// <summary>What those that passed the stop bar needed from the upstream end to the stop bar, ms.</summary>
    public long Travel;

    /// <summary>What they needed more than on an empty road with green, ms.</summary>
    public long Delay;

    /// <summary>Queue at the end of each second, summed.</summary>
    public long QueueSeconds;

    public static ApproachTally operator -(in ApproachTally now, in ApproachTally before) => new()
    {
        Entered = now.Entered - before.Entered,
        Began = now.Began - before.Began,
        Ended = now.Ended - before.Ended,
        Left = now.Left - before.Left,
        Out = now.Out - before.Out,
        Travel = now.Travel - before.Travel,
        Delay = now.Delay - before.Delay,
        QueueSeconds = now.QueueSeconds - before.QueueSeconds,
    };
}
