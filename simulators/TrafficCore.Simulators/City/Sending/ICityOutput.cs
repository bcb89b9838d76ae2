namespace TrafficCore.Simulators.City.Sending;

/// <summary>Takes what the city's devices send: a broker in real time, or a file.</summary>
internal interface ICityOutput
{
    /// <summary>Takes one message; its payload is borrowed and gone afterwards.</summary>
    /// <param name="message">Which device sends what, when and where to.</param>
    /// <param name="payload">The payload.</param>
    void Send(in CityMessage message, ReadOnlySpan<byte> payload);
}

/// <summary>One message of a device. Immutable.</summary>
/// <param name="DueMs">When it is to be sent, Unix milliseconds UTC.</param>
/// <param name="Intersection">Index of the intersection.</param>
/// <param name="Device">Number of the sender among all of the city's; see <see cref="SenderNumbers"/>.</param>
/// <param name="Topic">Where to.</param>
/// <param name="IsBroken">Whether the payload is not the JSON that it should be, by plan.</param>
internal readonly record struct CityMessage(long DueMs, int Intersection, int Device, string Topic, bool IsBroken = false);
