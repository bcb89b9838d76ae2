using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>Says how long to wait before the next connection, and when not to make one.</summary>
/// <remarks>Ownership: one loop.</remarks>
internal sealed class ReconnectPolicy(ReconnectOptions options, Random random)
{
    private int _failures;

    /// <summary>The pause after a failed attempt or a lost connection; null: give up.</summary>
    /// <param name="why">The broker's reason, if it gave one.</param>
    /// <param name="lasted">How long the connection lasted; zero for a failed attempt.</param>
    /// <param name="without">How long there has been none.</param>
    public TimeSpan? Next(ReasonCode? why, TimeSpan lasted, TimeSpan without)
    {
        if (lasted >= options.StableAfter)
        {
            _failures = 0;
        }

        var isRefusal = IsRefusal(why);
        if (isRefusal && !options.RetryRefused)
        {
            return null;
        }

        var full = isRefusal ? options.RefusedPause : Doubled();
        _failures++;
        var pause = (full / 2) + (full / 2 * random.NextDouble());
        return without + pause > options.GiveUpAfter ? null : pause;
    }

    /// <summary>Reasons that stay until a person does something; asking again at once would at best be in vain.</summary>
    public static bool IsRefusal(ReasonCode? reason) => reason is
        ReasonCode.UnsupportedProtocolVersion or ReasonCode.ClientIdentifierNotValid or ReasonCode.BadUserNameOrPassword
        or ReasonCode.NotAuthorized or ReasonCode.Banned or ReasonCode.BadAuthenticationMethod or ReasonCode.SessionTakenOver
        or ReasonCode.TopicFilterInvalid or ReasonCode.TopicNameInvalid or ReasonCode.QuotaExceeded or ReasonCode.AdministrativeAction
        or ReasonCode.RetainNotSupported or ReasonCode.QoSNotSupported or ReasonCode.UseAnotherServer or ReasonCode.ServerMoved
        or ReasonCode.SharedSubscriptionsNotSupported or ReasonCode.SubscriptionIdentifiersNotSupported
        or ReasonCode.WildcardSubscriptionsNotSupported;

    private TimeSpan Doubled()
    {
        // 2^30 first pauses are longer than any longest one.
        var factor = 1L << Math.Min(_failures, 30);
        return options.FirstPause * factor < options.LongestPause ? options.FirstPause * factor : options.LongestPause;
    }
}
