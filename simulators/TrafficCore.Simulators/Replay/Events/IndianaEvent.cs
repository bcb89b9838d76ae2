namespace TrafficCore.Simulators.Replay;

/// <summary>One high-resolution controller event as recorded.</summary>
/// <param name="Timestamp">Unix milliseconds UTC.</param>
/// <param name="Device">Index of its controller.</param>
/// <param name="Code">Event code of the Indiana enumeration.</param>
/// <param name="Parameter">Phase, channel or value; -1 is "no value".</param>
internal readonly record struct IndianaEvent(long Timestamp, int Device, int Code, int Parameter);
