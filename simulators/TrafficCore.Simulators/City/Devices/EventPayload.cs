using System.Buffers;
using TrafficCore.Simulators.City.Signals;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>Writes a controller's events as the JSON that it sends.</summary>
internal static class EventPayload
{
    /// <summary>Writes one batch, <c>{"seq":n,"events":[[ts,code,parameter],...]}</c>.</summary>
    /// <param name="target">Takes the text.</param>
    /// <param name="sequence">Number of the batch.</param>
    /// <param name="events">The events in order.</param>
    /// <param name="unixOffset">From model time to what the controller's clock shows, ms.</param>
    public static void Write(IBufferWriter<byte> target, long sequence, ReadOnlySpan<ControllerEvent> events, long unixOffset)
    {
        target.Text("{\"seq\":"u8).Number(sequence).Text(",\"events\":["u8);
        for (var i = 0; i < events.Length; i++)
        {
            target.Text(i == 0 ? "["u8 : ",["u8).Number(events[i].At + unixOffset).Text(","u8)
                .Number(events[i].Code).Text(","u8).Number(events[i].Parameter).Text("]"u8);
        }

        target.Text("]}"u8);
    }
}
