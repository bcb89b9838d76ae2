using Microsoft.AspNetCore.Http.Features;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    // Read loop: the rules that this connection was last looked at by.
    private long _accessVersion;

    /// <summary>Any thread: the access rules have changed.</summary>
    public void NoticeAccess() => _input.CancelPendingRead();

    private async ValueTask<AuthenticationResult> AuthenticateAsync(ConnectData connect, string clientId)
    {
        // Before the judgement: what changes meanwhile is looked at again.
        _accessVersion = _runtime.Access.Version;
        _arrival.Stop(); // the time that a slow hash takes, or its queue, is not the client's
        var request = new ConnectRequest
        {
            ClientId = clientId,
            IsAssignedId = connect.AssignedId is not null,
            UserName = connect.UserName,
            Password = connect.Password,
            Version = connect.Version,
            Remote = _context.RemoteEndPoint,
            Certificate = _context.Features.Get<ITlsConnectionFeature>()?.ClientCertificate,
        };
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(_runtime.Stopping.Token, _context.ConnectionClosed);
        return await _runtime.Authenticator.AuthenticateAsync(request, gone.Token);
    }

    /// <summary>Looks at the rules when they are others than before. False: the connection is to be closed.</summary>
    private bool HasAccess()
    {
        var version = _runtime.Access.Version;
        if (version == _accessVersion)
        {
            return true;
        }

        _accessVersion = version;
        if (_runtime.Access.MayStay(_client!) && MayRead(_session!))
        {
            return true;
        }

        SetClose(CloseReason.Denied, ReasonCode.NotAuthorized, "The access rules have changed");
        return false;
    }

    private bool MayRead(Session session)
    {
        foreach (var (_, subscription) in session.Subscriptions ?? [])
        {
            if (!_runtime.Access.MaySubscribe(_client!, subscription.Matched))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A kept session has come to another account: its shared subscriptions leave the groups of the one before.</summary>
    private void JoinOwnGroups(Session kept)
    {
        foreach (var (filter, subscription) in kept.Subscriptions?.Where(s => s.Value.IsShared).ToList() ?? [])
        {
            var own = subscription.For(_client!.UserName);
            kept.SubscriptionsOrNew()[filter] = own;
            _runtime.Router.Subscribe(own, null);
            _runtime.Router.Unsubscribe(subscription); // second: a message in between comes twice rather than never
        }
    }

    /// <summary>A kept session with subscriptions that are not allowed any more ends, and with it what has been queued for them.</summary>
    private async ValueTask EndForbiddenAsync(Session kept)
    {
        kept.ExpiryMs = 0;
        if (_runtime.Sessions.Detach(kept, _runtime.NowMs, null))
        {
            await EndSessionAsync(kept, discardIds: true);
        }
    }
}
