namespace TrafficCore.Mqtt.Wire;

/// <summary>What <see cref="MqttFrame.TryRead(ReadOnlySpan{byte}, int, out FrameHeader)"/> found.</summary>
public enum FrameStatus
{
    /// <summary>The whole packet is there.</summary>
    Whole,

    /// <summary>More bytes are needed; when the header is set, they are bytes of an acceptable body.</summary>
    Incomplete,

    /// <summary>The declared length is over the limit; nothing of the body was waited for.</summary>
    TooLarge,

    /// <summary>The length is not a variable byte integer, or type and flags are not allowed.</summary>
    Malformed,
}
