using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Broker;

/// <summary>What one pass over the bytes of a socket read has collected: acknowledgements to come, and counts. One per thread, reused.</summary>
/// <remarks>Ownership: the read loop that runs on this thread, until its next await.</remarks>
internal sealed class ReadBatch
{
    [ThreadStatic]
    private static ReadBatch? _current;

    private readonly int[] _publishes = new int[3];
    private byte[] _acks = new byte[1024];
    private int _freePubacks;

    /// <summary>Something waits in the publish session for its commit.</summary>
    public bool HasRecords { get; private set; }

    /// <summary>Something waits in the routing pass for the session journal.</summary>
    public bool HasJournaled { get; private set; }

    /// <summary>Acknowledgements collected.</summary>
    public int Count { get; private set; }

    /// <summary>PUBACKs among them.</summary>
    public int Pubacks { get; private set; }

    /// <summary>Bytes of the acknowledgements before the first that waits for a record.</summary>
    public int FreeLength { get; private set; }

    public int Length { get; private set; }

    public int FreePubacks => _freePubacks;

    public ReadOnlySpan<byte> Acks => _acks.AsSpan(0, Length);

    public long PublishBytes { get; private set; }

    /// <summary>The batch that this thread began last.</summary>
    public static ReadBatch Current => _current!;

    /// <summary>This thread's batch, empty.</summary>
    public static ReadBatch Begin()
    {
        var batch = _current ??= new ReadBatch();
        batch.HasRecords = batch.HasJournaled = false;
        batch.Count = batch.Pubacks = batch.FreeLength = batch.Length = batch._freePubacks = 0;
        batch.PublishBytes = 0;
        Array.Clear(batch._publishes);
        return batch;
    }

    public void CountPublish(QualityOfService qos, int bytes)
    {
        _publishes[(int)qos]++;
        PublishBytes += bytes;
    }

    public void AddRecord() => HasRecords = true;

    public void AddJournaled() => HasJournaled = true;

    /// <summary>Adds an acknowledgement. It leaves after the records that were collected before it, and after all earlier acknowledgements.</summary>
    public void AddAck(PacketType type, MqttVersion version, ushort packetId, ReasonCode reason = ReasonCode.Success)
    {
        Reserve(MqttEncoder.ShortAckSize + 1);
        Length += MqttEncoder.Ack(_acks.AsSpan(Length), type, version, packetId, reason);
        Pubacks += type == PacketType.Puback ? 1 : 0;
        Added();
    }

    /// <summary>Adds an answer of any other kind that waits as an acknowledgement does.</summary>
    public void AddAnswer(ReadOnlySpan<byte> packet)
    {
        Reserve(packet.Length);
        packet.CopyTo(_acks.AsSpan(Length));
        Length += packet.Length;
        Added();
    }

    private void Added()
    {
        Count++;
        if (!HasRecords && !HasJournaled)
        {
            FreeLength = Length;
            _freePubacks = Pubacks;
        }
    }

    private void Reserve(int count)
    {
        if (_acks.Length - Length < count)
        {
            Array.Resize(ref _acks, Math.Max(_acks.Length * 2, Length + count));
        }
    }

    public void Report(BrokerMetrics metrics)
    {
        for (var qos = 0; qos < _publishes.Length; qos++)
        {
            if (_publishes[qos] > 0)
            {
                metrics.Received((QualityOfService)qos, _publishes[qos]);
            }
        }

        if (PublishBytes > 0)
        {
            metrics.ReceivedBytes(PublishBytes);
        }
    }
}
