using System.Text;

namespace TrafficCore.Pipeline;

/// <summary>
/// The QoS 2 packet ids that were received and not yet released, by client, as the durable input log tells: what a broker must
/// not accept a second time after a restart.
/// </summary>
/// <remarks>
/// Ownership: the shard that keeps the control state writes, in log order; anyone reads. It follows the log by the
/// time a commit takes, so a live session keeps its own ids and asks here only when it begins.
/// </remarks>
public sealed class PacketIdRegistry
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<ushort>> _clients = new(StringComparer.Ordinal);

    /// <summary>Clients with at least one id.</summary>
    public int Clients
    {
        get
        {
            lock (_gate)
            {
                return _clients.Count;
            }
        }
    }

    /// <summary>A copy of the names of the clients with at least one id.</summary>
    public IReadOnlyList<string> ClientIds
    {
        get
        {
            lock (_gate)
            {
                return [.. _clients.Keys];
            }
        }
    }

    /// <summary>A copy of the ids of a client in ascending order; empty when there are none.</summary>
    public IReadOnlyList<ushort> Find(string client)
    {
        lock (_gate)
        {
            return _clients.TryGetValue(client, out var ids) ? [.. ids.Order()] : [];
        }
    }

    internal void Receive(ReadOnlySpan<byte> client, ushort packetId)
    {
        lock (_gate)
        {
            var name = Encoding.UTF8.GetString(client);
            if (!_clients.TryGetValue(name, out var ids))
            {
                _clients[name] = ids = [];
            }

            ids.Add(packetId);
        }
    }

    internal void Release(ReadOnlySpan<byte> client, ushort packetId)
    {
        lock (_gate)
        {
            var name = Encoding.UTF8.GetString(client);
            if (_clients.TryGetValue(name, out var ids) && ids.Remove(packetId) && ids.Count == 0)
            {
                _clients.Remove(name);
            }
        }
    }

    internal void Discard(ReadOnlySpan<byte> client)
    {
        lock (_gate)
        {
            _clients.Remove(Encoding.UTF8.GetString(client));
        }
    }

    internal void WriteTo(BinaryWriter writer)
    {
        lock (_gate)
        {
            writer.Write(_clients.Count);
            foreach (var (client, ids) in _clients.OrderBy(static c => c.Key, StringComparer.Ordinal))
            {
                writer.Write(client);
                writer.Write(ids.Count);
                foreach (var id in ids.Order())
                {
                    writer.Write(id);
                }
            }
        }
    }

    internal void ReadFrom(BinaryReader reader)
    {
        lock (_gate)
        {
            _clients.Clear();
            for (var clients = reader.ReadInt32(); clients > 0; clients--)
            {
                var ids = new HashSet<ushort>();
                _clients.Add(reader.ReadString(), ids);
                for (var count = reader.ReadInt32(); count > 0; count--)
                {
                    ids.Add(reader.ReadUInt16());
                }
            }
        }
    }
}
