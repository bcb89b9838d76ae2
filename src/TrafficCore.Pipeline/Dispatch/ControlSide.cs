using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Dispatch;

/// <summary>What the log says beside readings, in the forms in which others look at it, and the state that follows the log.</summary>
internal sealed record ControlSide(DeviceRegistry Devices, NetworkHistory Networks, PacketIdRegistry Packets, ControlState State)
{
    public static ControlSide Create(Action<uint> onBadNetwork)
    {
        var (devices, networks, packets) = (new DeviceRegistry(), new NetworkHistory(), new PacketIdRegistry());
        return new ControlSide(devices, networks, packets, new ControlState(devices, networks, packets, onBadNetwork));
    }
}
