using System.Buffers;
using TrafficCore.Simulators.City.Demand;

namespace TrafficCore.Simulators.City.Devices;

/// <summary>Writes readings as the JSON that detectors send.</summary>
internal static class ReadingPayload
{
    /// <summary>Writes one reading.</summary>
    /// <param name="target">Takes the text.</param>
    /// <param name="detector">Name of the detector where several share a message; null: the topic names it.</param>
    /// <param name="timestampMs">Begin of the interval as the device's clock showed it, Unix ms.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="reading">What was counted.</param>
    public static void Write(IBufferWriter<byte> target, string? detector, long timestampMs, long sequence, in DetectorReading reading)
    {
        target.Text("{"u8);
        if (detector is not null)
        {
            target.Text("\"detector\":\""u8).Text(detector).Text("\","u8);
        }

        target.Text("\"ts\":"u8).Number(timestampMs).Text(",\"interval\":"u8).Number(reading.Interval)
            .Text(",\"seq\":"u8).Number(sequence).Text(",\"volume\":"u8).Number(reading.Volume)
            .Text(",\"occupancy\":"u8).Hundredths(reading.Occupancy);
        if (reading.Speed >= 0)
        {
            target.Text(",\"speed\":"u8).Number(reading.Speed / 10).Text("."u8).Number(reading.Speed % 10);
        }

        if (reading.Volume > 0)
        {
            WriteClasses(target, reading.Classes);
        }

        target.Text("}"u8);
    }

    private static void WriteClasses(IBufferWriter<byte> target, in ClassCounts classes)
    {
        target.Text(",\"classes\":{"u8);
        var isFirst = true;
        for (var i = 0; i < VehicleType.All.Length; i++)
        {
            if (classes[(VehicleClass)i] is > 0 and var count)
            {
                target.Text(isFirst ? "\""u8 : ",\""u8).Text(VehicleType.All[i].Name).Text("\":"u8).Number(count);
                isFirst = false;
            }
        }

        target.Text("}"u8);
    }
}
