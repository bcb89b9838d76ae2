using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Pipeline.Export;

/// <summary>One accepted reading as it lies in the input log, with its device's names.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Kind">Kind of the device, e.g. <c>detector</c>.</param>
/// <param name="Device">Device id.</param>
/// <param name="ReceivedMs">When it was received, Unix milliseconds UTC.</param>
/// <param name="Position">Position of its record in the input log.</param>
/// <param name="Entry">Its values.</param>
public readonly record struct RawReading(
    string Intersection, string Kind, string Device, long ReceivedMs, long Position, ReadingEntry Entry);

/// <summary>One accepted observation as it lies in the input log, with its device's names.</summary>
/// <param name="ReceivedMs">When it was received, Unix milliseconds UTC.</param>
/// <param name="Position">Position of its record in the input log.</param>
/// <param name="Observation">The observation.</param>
public readonly record struct RawObservation(long ReceivedMs, long Position, Observation Observation);

/// <summary>One high-resolution event as it lies in the input log, with its controller's names.</summary>
/// <param name="Intersection">Intersection id.</param>
/// <param name="Controller">Controller id.</param>
/// <param name="ReceivedMs">When it was received, Unix milliseconds UTC.</param>
/// <param name="Position">Position of its record in the input log.</param>
/// <param name="Entry">Its values.</param>
public readonly record struct RawEvent(string Intersection, string Controller, long ReceivedMs, long Position, EventEntry Entry);
