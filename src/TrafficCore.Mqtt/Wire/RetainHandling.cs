namespace TrafficCore.Mqtt.Wire;

/// <summary>Which retained messages a new subscription gets.</summary>
public enum RetainHandling : byte
{
    Send = 0,
    SendIfNew = 1,
    DoNotSend = 2,
}
