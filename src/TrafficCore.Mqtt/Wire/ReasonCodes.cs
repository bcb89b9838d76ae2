namespace TrafficCore.Mqtt.Wire;

/// <summary>Maps between the reason codes of 5.0 and the fewer return codes of 3.1.1.</summary>
public static class ReasonCodes
{
    /// <summary>True for codes that say that the operation failed (5.0 section 2.4).</summary>
    public static bool IsError(this ReasonCode reason) => reason >= ReasonCode.UnspecifiedError;

    /// <summary>The CONNACK return code of 3.1.1 (table 3.1) that comes nearest.</summary>
    public static byte ToConnectReturnCode(ReasonCode reason) => reason switch
    {
        ReasonCode.Success => 0,
        ReasonCode.UnsupportedProtocolVersion => 1,
        ReasonCode.ClientIdentifierNotValid => 2,
        ReasonCode.BadUserNameOrPassword => 4,
        ReasonCode.NotAuthorized or ReasonCode.Banned or ReasonCode.BadAuthenticationMethod => 5,
        _ => 3,
    };

    /// <summary>The reason code for a CONNACK return code of 3.1.1; unknown codes are unspecified errors.</summary>
    public static ReasonCode FromConnectReturnCode(byte code) => code switch
    {
        0 => ReasonCode.Success,
        1 => ReasonCode.UnsupportedProtocolVersion,
        2 => ReasonCode.ClientIdentifierNotValid,
        3 => ReasonCode.ServerUnavailable,
        4 => ReasonCode.BadUserNameOrPassword,
        5 => ReasonCode.NotAuthorized,
        _ => ReasonCode.UnspecifiedError,
    };
}
