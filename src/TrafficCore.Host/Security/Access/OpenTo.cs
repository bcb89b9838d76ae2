namespace TrafficCore.Host.Security.Access;

/// <summary>Who comes in without an account.</summary>
internal enum OpenTo
{
    Nobody,

    /// <summary>Who connects from this machine.</summary>
    ThisMachine,

    Everybody,
}
