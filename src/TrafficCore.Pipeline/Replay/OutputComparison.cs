using System.Buffers.Binary;
using System.Security.Cryptography;
using TrafficCore.Log;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Replay;

/// <summary>
/// Compares two output logs of one input. Outputs of an intersection stand in one order in both; how intersections stand between each other depends on the
/// shards, so both are read side by side, by the position of their causes, and only what has no counterpart yet is kept.
/// </summary>
/// <remarks>Ownership: used once, by one thread. What input did not cause (boards, the city's index) is no output of a replay and is left out.</remarks>
internal sealed class OutputComparison
{
    private readonly Dictionary<string, Lane> _lanes = new(StringComparer.Ordinal);
    private readonly Side _recorded;
    private readonly Side _recomputed;
    private ReplayDifferences _found;

    private OutputComparison(LogReader recorded, LogReader recomputed, long from)
    {
        _recorded = new Side(recorded, from, lane => lane.Recorded);
        _recomputed = new Side(recomputed, from, lane => lane.Recomputed);
    }

    /// <param name="recorded">What the service made.</param>
    /// <param name="recomputed">What the replay made.</param>
    /// <param name="from">Causes before it are not in the input any more.</param>
    public static ReplayDifferences Run(LogReader recorded, LogReader recomputed, long from) => new OutputComparison(recorded, recomputed, from).Run();

    private ReplayDifferences Run()
    {
        while (Next() is { } side)
        {
            if (side.TryRead(_lanes, out var lane))
            {
                Match(lane);
            }
        }

        foreach (var lane in _lanes.Values)
        {
            _found = _found with { Missing = _found.Missing + lane.Recorded.Count, Added = _found.Added + lane.Recomputed.Count(IsComparable) };
        }

        return _found;
    }

    // The one that is behind, so that little has to be kept.
    private Side? Next() => (_recorded.HasEnded, _recomputed.HasEnded) switch
    {
        (true, true) => null,
        (true, false) => _recomputed,
        (false, true) => _recorded,
        _ => _recorded.Cause <= _recomputed.Cause ? _recorded : _recomputed,
    };

    private void Match(Lane lane)
    {
        while (lane.Recorded.TryPeek(out var recorded) && lane.Recomputed.TryPeek(out var recomputed))
        {
            var order = (recorded.Cause, recorded.Ordinal).CompareTo((recomputed.Cause, recomputed.Ordinal));
            if (order <= 0)
            {
                lane.Recorded.Dequeue();
            }

            if (order >= 0)
            {
                lane.Recomputed.Dequeue();
            }

            _found = order switch
            {
                < 0 => _found with { Missing = _found.Missing + 1 },
                > 0 => _found with { Added = _found.Added + (IsComparable(recomputed) ? 1 : 0) },
                _ when recorded.Digest == recomputed.Digest => _found with { Equal = _found.Equal + 1 },
                _ => _found with { Changed = _found.Changed + 1 },
            };
        }
    }

    // Before what is still there of the service's outputs, and behind what it had made by then, nothing can be said.
    private bool IsComparable(Item item) => item.Cause >= _recorded.First && item.Cause <= _recorded.Last;

    private readonly record struct Item(long Cause, int Ordinal, UInt128 Digest);

    /// <summary>What of an intersection has no counterpart yet.</summary>
    private sealed class Lane
    {
        public Queue<Item> Recorded { get; } = new();

        public Queue<Item> Recomputed { get; } = new();
    }

    private sealed class Side(LogReader reader, long from, Func<Lane, Queue<Item>> queue)
    {
        public bool HasEnded { get; private set; }

        /// <summary>Cause of what was read last.</summary>
        public long Cause { get; private set; } = long.MinValue;

        public long First { get; private set; } = long.MaxValue;

        public long Last { get; private set; } = long.MinValue;

        /// <summary>Reads one record into its lane; false when it was none that is compared.</summary>
        public bool TryRead(Dictionary<string, Lane> lanes, out Lane lane)
        {
            lane = null!;
            var status = reader.Read(out var record);
            HasEnded = status == LogReadStatus.End;
            if (status != LogReadStatus.Record || OutputHeadCodec.Decode(record.Body) is var head && (head.Cause == OutputHead.Outside || head.Cause < from))
            {
                return false;
            }

            (Cause, First, Last) = (head.Cause, Math.Min(First, head.Cause), Math.Max(Last, head.Cause));
            if (!lanes.TryGetValue(head.Intersection, out lane!))
            {
                lanes.Add(head.Intersection, lane = new Lane());
            }

            queue(lane).Enqueue(new Item(head.Cause, head.Ordinal, DigestOf(record)));
            return true;
        }

        private static UInt128 DigestOf(in LogRecord record)
        {
            Span<byte> header = stackalloc byte[2 + (2 * sizeof(long))];
            (header[0], header[1]) = (record.Header.Type, record.Header.Version);
            BinaryPrimitives.WriteInt64LittleEndian(header[2..], record.Header.ReceivedMs);
            BinaryPrimitives.WriteInt64LittleEndian(header[10..], record.Header.ElapsedMs);
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(header);
            hash.AppendData(record.Body);
            Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
            hash.GetHashAndReset(digest);
            return BinaryPrimitives.ReadUInt128LittleEndian(digest);
        }
    }
}
