using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>
/// Logs what clients do wrong: each kind a few times in a stretch of time, then how many more there were. Who sends bad packets does not decide how much
/// is logged, and one kind does not hide another.
/// </summary>
/// <remarks>Ownership: any thread; one lock, taken only when something is wrong, and not held while logging.</remarks>
internal sealed class TroubleLog(ILogger logger, TimeProvider time)
{
    /// <summary>Lines of one kind in a stretch: enough to see who and why.</summary>
    internal const int Lines = 10;

    /// <summary>A device that comes back every second, as many do, is never left out.</summary>
    internal static readonly TimeSpan Stretch = TimeSpan.FromSeconds(10);

    /// <summary>Characters of an id or a topic in a message: as many as an accepted client id may have by default.</summary>
    internal const int MaxShown = 256;

    private readonly Lock _gate = new();

    // As many as there are kinds and reason codes.
    private readonly Dictionary<(Kind Kind, ReasonCode Code), LogRation> _rations = [];

    private enum Kind
    {
        Refused,
        ProtocolError,
        PublishDenied,
    }

    /// <summary>A connection is not let in.</summary>
    public void Refused(EndPoint? remote, string clientId, ReasonCode code, string detail)
    {
        if (TryTake(Kind.Refused, code))
        {
            BrokerLog.Refused(logger, Shown(clientId), remote, (byte)code, detail);
        }
    }

    /// <summary>A client is closed because of what it sent.</summary>
    public void ProtocolError(ClientIdentity client, ReasonCode code, string detail)
    {
        if (TryTake(Kind.ProtocolError, code))
        {
            BrokerLog.ProtocolError(logger, client.ClientId, client.Remote, (byte)code, detail);
        }
    }

    /// <summary>A client publishes where it may not.</summary>
    public void PublishDenied(ClientIdentity client, ReadOnlySpan<byte> topic)
    {
        if (TryTake(Kind.PublishDenied, ReasonCode.NotAuthorized))
        {
            BrokerLog.PublishDenied(logger, client.ClientId, Shown(Encoding.UTF8.GetString(topic)));
        }
    }

    /// <summary>Tells how many of each kind were not logged in stretches that are over.</summary>
    /// <param name="all">In the running ones too: nothing comes after this.</param>
    public void TellLeftOut(bool all = false)
    {
        List<(Kind Kind, ReasonCode Code, long Count)> leftOut = [];
        lock (_gate)
        {
            foreach (var ((kind, code), ration) in _rations)
            {
                if (ration.TakeLeftOut(all) is var count and > 0)
                {
                    leftOut.Add((kind, code, count));
                }
            }
        }

        foreach (var (kind, code, count) in leftOut)
        {
            BrokerLog.LeftOut(logger, count, Name(kind), (byte)code);
        }
    }

    // What has no other limit than MQTT's 65,535 bytes must not push the rest of the message out of the line.
    private static string Shown(string text) => text.Length <= MaxShown ? text : text[..MaxShown] + "...";

    private static string Name(Kind kind) => kind switch
    {
        Kind.Refused => "refused connections",
        Kind.ProtocolError => "broken protocols",
        _ => "denied publishes",
    };

    private bool TryTake(Kind kind, ReasonCode code)
    {
        lock (_gate)
        {
            if (!_rations.TryGetValue((kind, code), out var ration))
            {
                _rations[(kind, code)] = ration = new LogRation(Lines, Stretch, time);
            }

            return ration.TryTake();
        }
    }
}
