using System.Buffers;
using System.Security.Cryptography;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    /// <summary>
    /// What a CONNECT has beside client id and will: name, password and properties. The longest password that is looked at has 1 KiB, a token of another system some more.
    /// </summary>
    private const int ConnectRoom = 16 * 1024;

    // Read loop, set by CONNECT.
    private Will? _will;
    private int _window;
    private uint _sessionExpirySeconds;

    /// <summary>Nobody knows yet who sends it: as many connections as there may be would hold as many of the largest packets.</summary>
    private int MaxConnectSize => Math.Min(_runtime.Options.MaxPacketSize, ConnectRoom + _runtime.Options.MaxClientIdLength + _runtime.Options.MaxWillBytes);

    /// <summary>Waits for CONNECT, judges it and answers. False: the connection is to be closed.</summary>
    private async ValueTask<bool> ConnectAsync()
    {
        if (await ReadConnectAsync() is not { } connect)
        {
            return false;
        }

        _version = connect.Version;
        _clientMaxPacketSize = connect.MaximumPacketSize;
        var (reason, detail) = await JudgeAsync(connect);
        if (reason != ReasonCode.Success)
        {
            Refuse(reason, connect.ClientId, detail);
            return false;
        }

        _sessionExpirySeconds = SessionExpiryOf(connect);
        var limits = connect.Version == MqttVersion.V5 ? LimitsFor(connect) : [];
        if (Connack(false, limits).Length > _clientMaxPacketSize)
        {
            Refuse(ReasonCode.PacketTooLarge, connect.ClientId, "The answer would be larger than the client's maximum packet size"); // [MQTT-3.1.2-24]
            return false;
        }

        var attached = await AttachAsync(connect);
        if (attached.Session is null)
        {
            Refuse(IsClosing ? ReasonCode.ServerBusy : ReasonCode.QuotaExceeded, connect.ClientId, "No room for another session");
            return false;
        }

        _session = attached.Session;
        if (!attached.Present && (_session.HasRecordedIds || attached.Ended is { HasRecordedIds: true }) && connect.CleanStart)
        {
            // The log must not hold ids of a session that is over. Collected before anything this connection publishes.
            _session.RestoredIds = null;
            PublishSession.Discard();
            _isDiscarding = true;
        }

        if (attached.Ended is { } ended)
        {
            await EndSessionAsync(ended, discardIds: false);
        }

        if (attached is { Present: true, IsOthers: true })
        {
            JoinOwnGroups(_session);
        }

        JournalAttach(connect, attached);

        Welcome(connect, attached.Present, limits);
        if (_isDiscarding)
        {
            await CommitDiscardAsync();
        }

        return true;
    }

    private async ValueTask<ConnectData?> ReadConnectAsync()
    {
        while (true)
        {
            var result = await _input.ReadAsync();
            var buffer = result.Buffer;
            try
            {
                if (!IsClosing && TryReadConnect(ref buffer, out var connect))
                {
                    // Examined only up to here: what came with the CONNECT must wake the read loop at once.
                    _input.AdvanceTo(buffer.Start, buffer.Start);
                    return connect;
                }
            }
            catch (MqttProtocolException e)
            {
                Refuse(e.Reason, "-", e.Message);
                return null;
            }

            _input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || IsClosing)
            {
                SetClose(CloseReason.Lost, ReasonCode.UnspecifiedError, "Closed before CONNECT");
                return null;
            }
        }
    }

    private bool TryReadConnect(ref ReadOnlySequence<byte> buffer, out ConnectData? connect)
    {
        connect = null;
        var status = MqttFrame.TryRead(buffer, MaxConnectSize, out var header);
        if (status is FrameStatus.TooLarge or FrameStatus.Malformed)
        {
            ThrowBadFrame(status);
        }

        if (!buffer.IsEmpty && buffer.FirstSpan[0] >> 4 != (int)PacketType.Connect)
        {
            throw new MqttProtocolException(ReasonCode.ProtocolError, "The first packet is not CONNECT"); // [MQTT-3.1.0-1]
        }

        if (status == FrameStatus.Incomplete)
        {
            return false;
        }

        var body = Contiguous(buffer.Slice(header.HeaderLength, header.BodyLength));
        if (ConnectView.PeekVersion(body) == MqttVersion.V5)
        {
            _version = MqttVersion.V5; // what is malformed behind it is answered too; before 5.0 it must not be [MQTT-3.1.4-1]
        }

        var view = ConnectView.Decode(body);
        _version = view.Version; // also for the answer to what is refused from here on
        connect = ConnectData.Copy(view);
        buffer = buffer.Slice(header.TotalLength);
        return true;
    }

    private async ValueTask<(ReasonCode Reason, string Detail)> JudgeAsync(ConnectData connect)
    {
        if (connect.HasAuthenticationMethod)
        {
            return (ReasonCode.BadAuthenticationMethod, "Enhanced authentication is not offered"); // [MQTT-4.12.0-1]
        }

        if (connect.ClientId.Length > _runtime.Options.MaxClientIdLength || (connect.ClientId.Length == 0 && !MayBeAssigned(connect)))
        {
            return (ReasonCode.ClientIdentifierNotValid, "The client id is too long, or empty without clean session"); // 3.1.1 [MQTT-3.1.3-8]
        }

        if (connect.Will?.Size > _runtime.Options.MaxWillBytes)
        {
            return (ReasonCode.QuotaExceeded, "The will is longer than Mqtt:MaxWillBytes");
        }

        connect.AssignedId = connect.ClientId.Length == 0 ? "auto-" + RandomNumberGenerator.GetHexString(16, lowercase: true) : null;
        var clientId = connect.AssignedId ?? connect.ClientId;
        var result = await AuthenticateAsync(connect, clientId);
        if (!result.IsAccepted)
        {
            return (result.Reason, result.Detail ?? "The account is not accepted");
        }

        _client = new ClientIdentity(clientId, result.UserName, connect.Version, _context.RemoteEndPoint, result.Credential);
        return connect.Will is { } will && !_runtime.Access.MayPublish(_client, will.Topic)
            ? (ReasonCode.NotAuthorized, "The client may not publish to its will's topic")
            : (ReasonCode.Success, "");
    }

    /// <summary>3.1 knows no empty id; 3.1.1 one for clean sessions only [MQTT-3.1.3-7].</summary>
    private static bool MayBeAssigned(ConnectData connect) =>
        connect.Version == MqttVersion.V5 || (connect.Version == MqttVersion.V311 && connect.CleanStart);

    /// <summary>Takes the session over: an older connection of the same client ends first, with everything it still has to do.</summary>
    private async ValueTask<AttachResult> AttachAsync(ConnectData connect)
    {
        while (true)
        {
            var result = _runtime.Sessions.TryAttach(this, _client!, connect.CleanStart, _sessionExpirySeconds * 1000L);
            if (result is { Present: true, Session: { } kept } && !MayRead(kept))
            {
                await EndForbiddenAsync(kept);
                continue;
            }

            if (result.Other is not { } other || IsClosing)
            {
                return result;
            }

            other.Close(CloseReason.TakenOver, ReasonCode.SessionTakenOver); // [MQTT-3.1.4-3]
            await other.WhenEndedAsync().WaitAsync(_context.ConnectionClosed);
        }
    }

    /// <summary>
    /// Lets the journal know the session. The client does not wait for it: what a crash forgets here, it is told on its next connection. Without room the note
    /// goes with the first batch.
    /// </summary>
    private void JournalAttach(ConnectData connect, in AttachResult attached)
    {
        if (_session!.IsDurable && !attached.Present)
        {
            _pass.Records?.SessionOpened(_session.Number, _session.ClientId, _sessionExpirySeconds);
        }
        else if (_session is { IsDurable: true, Outbox: not null })
        {
            _pass.Records?.SessionOnline(_session.Number, _sessionExpirySeconds);
        }

        if (_session.IsDurable && attached.IsOthers)
        {
            _pass.Records?.SessionOwned(_session.Number, _client!.UserName);
        }

        ForgetStoredWill(_session);
        if (connect.Will is { } will && _runtime.Journal is { } journal)
        {
            _session.StoredWill = journal.NextWill();
            _pass.Records?.Will(new StoredWill(_session.StoredWill, _client!.ClientId, _client.UserName, will));
        }

        _pass.TryCommit(null, out _);
    }

    /// <summary>The will of this connection, or of the last one whose client is back in time, is not to be published any more.</summary>
    private void ForgetStoredWill(Session session)
    {
        if (session.StoredWill != 0)
        {
            _pass.Records?.WillOver(session.StoredWill);
            session.StoredWill = 0;
        }
    }

    private void Refuse(ReasonCode reason, string clientId, string detail)
    {
        if (!SetClose(CloseReason.Refused, reason, detail))
        {
            return; // closed for another reason meanwhile
        }

        _runtime.Metrics.Refused();
        _runtime.Troubles.Refused(_context.RemoteEndPoint, clientId, reason, detail);
        if (_version == 0 && reason != ReasonCode.UnsupportedProtocolVersion)
        {
            return; // not even a CONNECT: there is nobody who would understand an answer [MQTT-3.1.0-1]
        }

        // A version that is not known is answered in the form of 3.1.1, which every client can read [MQTT-3.1.2-2].
        var version = _version == 0 ? MqttVersion.V311 : _version;
        AppendReasoned(detail, (output, properties) => MqttEncoder.Connack(output, version, false, reason, properties));
        _output.Signal();
    }
}
