namespace TrafficCore.Mqtt.Broker;

/// <summary>A level of the retained store that a search has still to look at.</summary>
/// <param name="Node">The level.</param>
/// <param name="Rest">Where in the filter the levels below it begin; behind the filter's end: only this one is asked for.</param>
internal readonly record struct RetainedStep(RetainedNode Node, int Rest)
{
    /// <summary>The level and all below it.</summary>
    public const int Everything = int.MaxValue;
}
