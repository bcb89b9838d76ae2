using System.Buffers;
using TrafficCore.Mqtt.Topics;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

internal sealed partial class MqttConnection
{
    /// <summary>Topics whose routing is remembered: a cabinet has 24 detectors, a controller and a few boards.</summary>
    private const int CachedTopics = 64;

    // Read loop.
    private PublishSession? _publishSession;
    private TopicCache<TopicRoute>? _routes;
    private TopicAliases? _aliases;

    private ReceivedPacketIds ReceivedIds => _session!.ReceivedIdsOrNew(_runtime.Options, _runtime.QueueRoom);

    private PublishSession PublishSession => _publishSession ??= _runtime.Ingress.OpenSession(_client!);

    private void OnPublish(ReadBatch batch, in FrameHeader header, ReadOnlySpan<byte> body)
    {
        var publish = PublishView.Decode(header.First, body, _version);
        if (publish.HasSubscriptionIdentifier)
        {
            throw new MqttProtocolException(ReasonCode.ProtocolError, "A subscription identifier from a client"); // [MQTT-3.3.4-6]
        }

        if (publish.TopicAlias != 0)
        {
            _aliases ??= new TopicAliases(_runtime.Options.TopicAliasMaximum);
            publish = _aliases.Resolve(publish);
        }

        batch.CountPublish(publish.QoS, header.TotalLength);
        if (publish.QoS == QualityOfService.ExactlyOnce && IsRepeat(publish))
        {
            // [MQTT-4.3.3-10]: not a new message; its PUBREC leaves after the first one's record, which is before it in the queue.
            batch.AddAck(PacketType.Pubrec, _version, publish.PacketId);
            return;
        }

        if (IsOneTooMany(publish.QoS))
        {
            throw new MqttProtocolException(ReasonCode.ReceiveMaximumExceeded, "More publishes at once than the receive maximum"); // [MQTT-3.3.4-9]
        }

        var route = FindRoute(publish.Topic);
        if (!route.MayPublish)
        {
            Deny(batch, publish);
            return;
        }

        var outcome = PublishSession.Accept(publish);
        if (outcome != PublishOutcome.NotIngested || publish.QoS == QualityOfService.ExactlyOnce)
        {
            batch.AddRecord(); // a QoS 2 packet id is recorded even when nothing else is
        }

        var reason = ReasonCode.Success;
        if (outcome == PublishOutcome.Rejected && _version == MqttVersion.V5)
        {
            reason = ReasonCode.PayloadFormatInvalid;
        }
        else if (outcome == PublishOutcome.Collected && route.HasSubscribers)
        {
            Route(batch, publish, Retention.None);
        }
        else if (outcome == PublishOutcome.NotIngested && (publish.Retain || route.HasSubscribers))
        {
            // Only a 5.0 client that waits for an answer can be refused; for the others a message not kept is better than a message lost.
            var canRefuse = _version == MqttVersion.V5 && publish.QoS != QualityOfService.AtMostOnce;
            var isDone = Route(batch, publish, canRefuse ? Retention.OrRefuse : Retention.IfRoom);
            reason = isDone || !canRefuse ? ReasonCode.Success : ReasonCode.QuotaExceeded;
        }

        if (outcome == PublishOutcome.NotIngested && publish.QoS == QualityOfService.AtLeastOnce && reason == ReasonCode.Success && !route.HasSubscribers)
        {
            reason = ReasonCode.NoMatchingSubscribers; // 5.0 table 3-4; it is a success
        }

        Acknowledge(batch, publish, reason);
    }

    /// <summary>
    /// Before 5.0 a client knows no receive maximum: PUBACKs that wait hold it up by themselves, but nothing ends a QoS 2 exchange that it leaves half-way, and waiting for that would keep out the
    /// PUBREL too. Clients that send without pause leave thousands half-way, and release them when they come to read: there is room for that as long as all sessions together leave some.
    /// </summary>
    private bool IsOneTooMany(QualityOfService qos) => _version == MqttVersion.V5
        ? qos != QualityOfService.AtMostOnce && ++_openExchanges > _runtime.Options.ReceiveMaximum
        : qos == QualityOfService.ExactlyOnce && _session!.ReceivedIds?.HasRoom == false;

    private void Acknowledge(ReadBatch batch, in PublishView publish, ReasonCode reason)
    {
        if (publish.QoS == QualityOfService.AtLeastOnce)
        {
            batch.AddAck(PacketType.Puback, _version, publish.PacketId, reason);
        }
        else if (publish.QoS == QualityOfService.ExactlyOnce)
        {
            _hasExact = true;
            if (!reason.IsError())
            {
                ReceivedIds.Add(publish.PacketId);
            }
            else if (batch.HasRecords)
            {
                // A refusing PUBREC ends the exchange [MQTT-4.3.3-9]: the id, recorded with the rejection, is free again.
                _publishSession?.TryRelease(publish.PacketId);
            }

            batch.AddAck(PacketType.Pubrec, _version, publish.PacketId, reason);
        }
    }

    /// <summary>
    /// The id is open in this session; or the log knew it at start and the client sends it again. After a lost session a client that starts anew uses
    /// the same ids for new messages, without DUP.
    /// </summary>
    private bool IsRepeat(in PublishView publish)
    {
        if (_session!.ReceivedIds?.Contains(publish.PacketId) == true)
        {
            return true;
        }

        if (_session.RestoredIds?.Remove(publish.PacketId) != true)
        {
            return false;
        }

        if (publish.Duplicate)
        {
            ReceivedIds.Add(publish.PacketId);
        }

        return publish.Duplicate;
    }

    /// <summary>Only an id that is open is released in the log: anyone can send PUBREL for any id, and each would cost a record.</summary>
    private void OnRelease(ReadBatch batch, in AckView ack)
    {
        var known = _session!.ReceivedIds?.Remove(ack.PacketId) == true;
        _openExchanges -= known ? 1 : 0; // on a new connection a client may send releases of the last one and, behind them, as many publishes as ever
        known |= _session.RestoredIds?.Remove(ack.PacketId) == true;
        if (known && PublishSession.TryRelease(ack.PacketId))
        {
            // Repeated on the next connection, the release is answered at once: its record must be durable before the session is taken over.
            batch.AddRecord();
            _hasExact = true;
        }

        batch.AddAck(PacketType.Pubcomp, _version, ack.PacketId, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound);
    }

    private void OnDeliveryAck(ReadBatch batch, in AckView ack, PacketType type)
    {
        if (_session!.Outbox is not { } outbox)
        {
            return;
        }

        if (type == PacketType.Pubrec && !ack.Reason.IsError())
        {
            Release(batch, ack.PacketId, outbox.MarkReceived(ack.PacketId, out var received), received);
        }
        else
        {
            ExpectFit(outbox.Complete(type, ack.PacketId, out var completed));
            if (completed != 0)
            {
                _pass.Records?.Completed(_session.Number, completed);
            }
        }

        TouchSelf(); // the window has room again
    }

    /// <summary>
    /// Answers PUBREC. The client forgets the message with the release: that it was received must be durable before, or it would come once more as a new
    /// one after a restart.
    /// </summary>
    private void Release(ReadBatch batch, ushort packetId, AckResult result, long number)
    {
        ExpectFit(result);
        var reason = result == AckResult.Done ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound;
        if (number != 0 && _pass.Records is { } records)
        {
            records.Received(_session!.Number, number);
            batch.AddJournaled();
            batch.AddAck(PacketType.Pubrel, _version, packetId, reason);
            return;
        }

        Span<byte> release = stackalloc byte[MqttEncoder.ShortAckSize + 1];
        _output.AppendAnswer(release[..MqttEncoder.Ack(release, PacketType.Pubrel, _version, packetId, reason)]);
    }

    private static void ExpectFit(AckResult result)
    {
        if (result == AckResult.Mismatch)
        {
            throw new MqttProtocolException(ReasonCode.ProtocolError, "Not the acknowledgement of what was sent under this packet id"); // 5.0 section 4.3
        }
    }

    private TopicRoute FindRoute(ReadOnlySpan<byte> topic)
    {
        _routes ??= new TopicCache<TopicRoute>(CachedTopics);
        var version = _runtime.Router.Subscriptions.Version;
        var isKnown = _routes.TryGet(topic, out var route) && route.AccessVersion == _accessVersion;
        if (isKnown && route.Version == version)
        {
            return route;
        }

        // The version is read before the search: a subscription that comes in between makes the answer old, never wrong.
        var mayPublish = isKnown ? route.MayPublish : _runtime.Access.MayPublish(_client!, topic);
        route = new TopicRoute(version, _accessVersion, mayPublish, mayPublish && _runtime.Router.HasSubscribers(topic));
        _routes.Set(topic, route);
        return route;
    }

    private bool Route(ReadBatch batch, in PublishView publish, Retention retention)
    {
        var isDone = _runtime.Router.Publish(ApplicationMessage.Copy(publish, _runtime.NowMs), _session, _pass, retention);
        if (_pass.HasRecords)
        {
            batch.AddJournaled(); // what a session was promised is durable before the publisher is told
        }

        return isDone;
    }

    private void Deny(ReadBatch batch, in PublishView publish)
    {
        _runtime.Metrics.Dropped(DropReason.Denied);
        _runtime.Troubles.PublishDenied(_client!, publish.Topic);
        if (_version != MqttVersion.V5 && _runtime.Options.CloseOnDeniedPublish)
        {
            throw new MqttProtocolException(ReasonCode.NotAuthorized, "The client may not publish to this topic"); // [MQTT-3.3.5-2]
        }

        Acknowledge(batch, publish, _version == MqttVersion.V5 ? ReasonCode.NotAuthorized : ReasonCode.Success);
    }

    /// <summary>What is known about a topic this client publishes to, as of a version of the subscriptions and one of the access rules.</summary>
    private readonly record struct TopicRoute(long Version, long AccessVersion, bool MayPublish, bool HasSubscribers);
}
