using System.Runtime.InteropServices;

namespace TrafficCore.Mqtt.Broker;

/// <summary>All sessions by client id, and which connection each belongs to.</summary>
/// <remarks>
/// Ownership: any thread; one lock, taken when connections come and go. A session has one connection at most: a newcomer ends the other one
/// and asks again after it has gone.
/// </remarks>
internal sealed class SessionRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Session> _sessions = [];
    private readonly HashSet<Session> _detached = [];
    private readonly Dictionary<string, HashSet<ushort>> _restored = [];
    private readonly Dictionary<string, int> _byAccount = [];
    private readonly int _maxSessions;
    private readonly int _maxPerAccount;
    private long _lastNumber;

    private readonly bool _hasJournal;

    /// <summary>Creates an empty registry.</summary>
    /// <param name="maxSessions">Sessions in all.</param>
    /// <param name="maxPerAccount">Sessions of one account; 0 for no limit.</param>
    /// <param name="hasJournal">Sessions can outlive the service.</param>
    public SessionRegistry(int maxSessions, int maxPerAccount, bool hasJournal) => (_maxSessions, _maxPerAccount, _hasJournal) = (maxSessions, maxPerAccount, hasJournal);

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _sessions.Count;
            }
        }
    }

    /// <summary>QoS 2 packet ids that the log knew at start; given to the client's session, or else to the one that it opens first.</summary>
    /// <param name="clientId">The client.</param>
    /// <param name="ids">The ids.</param>
    /// <param name="options">Bounds of a session.</param>
    /// <param name="room">What all sessions share.</param>
    public void Restore(string clientId, HashSet<ushort> ids, BrokerOptions options, QueueRoom room)
    {
        lock (_gate)
        {
            if (_sessions.TryGetValue(clientId, out var session))
            {
                var received = session.ReceivedIdsOrNew(options, room);
                foreach (var id in ids)
                {
                    received.Add(id);
                }
            }
            else
            {
                _restored[clientId] = ids;
            }
        }
    }

    /// <summary>A session that the journal held when the service began. It waits for its client.</summary>
    public void Restore(Session session, string? account, long expiresAtMs)
    {
        lock (_gate)
        {
            ChargeUnderLock(session, account);
            session.ExpiresAtMs = expiresAtMs;
            _sessions[session.ClientId] = session;
            _detached.Add(session);
            _lastNumber = Math.Max(_lastNumber, session.Number);
        }
    }

    /// <summary>A will that waits on for its delay; false when its client has no session, so that there is nothing to wait for.</summary>
    public bool TryRestore(PendingWill will)
    {
        lock (_gate)
        {
            if (!_sessions.TryGetValue(will.Client.ClientId, out var session))
            {
                return false;
            }

            session.PendingWill = will;
            session.StoredWill = will.Number;
            return true;
        }
    }

    /// <summary>Numbers up to this one were given to sessions of an earlier life.</summary>
    public void ContinueAfter(long number)
    {
        lock (_gate)
        {
            _lastNumber = Math.Max(_lastNumber, number);
        }
    }

    /// <summary>Gives the connection its session, new or kept.</summary>
    public AttachResult TryAttach(MqttConnection connection, ClientIdentity client, bool cleanStart, long expiryMs)
    {
        var clientId = client.ClientId;
        lock (_gate)
        {
            _sessions.TryGetValue(clientId, out var existing);
            if (existing?.Connection is { } other)
            {
                return new AttachResult(null, false, null, other);
            }

            Session session;
            if (existing is not null && !cleanStart)
            {
                session = existing;
                _detached.Remove(session);
                session.PendingWill = null; // [MQTT-3.1.3-9]: back before the delay has passed
            }
            else
            {
                if (existing is null && (_sessions.Count >= _maxSessions || IsFullUnderLock(client.UserName)))
                {
                    return default;
                }

                session = NewUnderLock(clientId, existing, isDurable: _hasJournal && expiryMs > 0);
            }

            var isOthers = session.Account != client.UserName;
            ChargeUnderLock(session, client.UserName);
            session.Connection = connection;
            session.ExpiryMs = expiryMs;
            var ended = ReferenceEquals(session, existing) ? null : existing;
            return new AttachResult(session, ReferenceEquals(session, existing), ended, null, isOthers);
        }
    }

    /// <summary>The connection is gone. True: the session ended with it.</summary>
    public bool Detach(Session session, long nowMs, PendingWill? pendingWill)
    {
        lock (_gate)
        {
            session.Connection = null;
            if (session.ExpiryMs == 0)
            {
                ChargeUnderLock(session, null);
                _sessions.Remove(session.ClientId);
                return true;
            }

            session.ExpiresAtMs = nowMs + session.ExpiryMs;
            session.PendingWill = pendingWill;
            _detached.Add(session);
            return false;
        }
    }

    /// <summary>Takes out what time has decided: sessions that expired, and wills whose delay is over.</summary>
    public void TakeDue(long nowMs, List<Session> expired, List<PendingWill> wills)
    {
        lock (_gate)
        {
            foreach (var session in _detached)
            {
                var isExpired = nowMs >= session.ExpiresAtMs;
                if (session.PendingWill is { } will && (isExpired || nowMs >= will.DueMs))
                {
                    session.PendingWill = null;
                    wills.Add(will);
                }

                if (isExpired)
                {
                    expired.Add(session);
                }
            }

            foreach (var session in expired)
            {
                ChargeUnderLock(session, null);
                _detached.Remove(session);
                _sessions.Remove(session.ClientId);
            }
        }
    }

    public MqttConnection? FindConnection(string clientId)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(clientId)?.Connection;
        }
    }

    private bool IsFullUnderLock(string? account) => account is not null && _maxPerAccount > 0 && _byAccount.GetValueOrDefault(account) >= _maxPerAccount;

    /// <summary>The session is this account's from now on; nobody's with null.</summary>
    private void ChargeUnderLock(Session session, string? account)
    {
        if (session.Account is { } before)
        {
            if (--CollectionsMarshal.GetValueRefOrAddDefault(_byAccount, before, out _) == 0)
            {
                _byAccount.Remove(before);
            }
        }

        session.Account = account;
        if (account is not null)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(_byAccount, account, out _)++;
        }
    }

    private Session NewUnderLock(string clientId, Session? replaced, bool isDurable)
    {
        var session = new Session(clientId, ++_lastNumber, isDurable);
        if (_restored.Remove(clientId, out var ids))
        {
            session.RestoredIds = ids;
        }

        if (replaced is not null)
        {
            ChargeUnderLock(replaced, null);
            _detached.Remove(replaced);
        }

        _sessions[clientId] = session;
        return session;
    }
}

/// <summary>What <see cref="SessionRegistry.TryAttach"/> found.</summary>
/// <param name="Session">The connection's session; null when there is another connection, or no room.</param>
/// <param name="Present">The session was kept from an earlier connection.</param>
/// <param name="Ended">The kept session that a clean start ended; the caller cleans up after it.</param>
/// <param name="Other">The connection that must go first.</param>
/// <param name="IsOthers">Until now the session was not this account's: it is new, or was kept for another one or for nobody.</param>
internal readonly record struct AttachResult(Session? Session, bool Present, Session? Ended, MqttConnection? Other, bool IsOthers = false);
