namespace TrafficCore.Simulators.Verify;

/// <summary>What was seen of the devices up to a moment, as the checks ask for it. Immutable.</summary>
/// <param name="events">What was seen, in order.</param>
/// <param name="isOwnServer">The devices talked to the bench itself; else to a broker that the bench only listens to.</param>
internal sealed class Evidence(IReadOnlyList<BenchEvent> events, bool isOwnServer = true)
{
    private PayloadReader? _payloads;
    private IReadOnlyList<ObservedMessage>? _messages;

    /// <summary>Everything, in order.</summary>
    public IReadOnlyList<BenchEvent> Events => events;

    /// <summary>Whether connections could be seen.</summary>
    public bool IsOwnServer => isOwnServer;

    /// <summary>Connections that were let in.</summary>
    public IEnumerable<DeviceConnected> Connects => events.OfType<DeviceConnected>();

    /// <summary>What devices published.</summary>
    public IReadOnlyList<ObservedMessage> Messages => _messages ??= Observe();

    /// <summary>Readings that the service would take.</summary>
    public IReadOnlyList<ObservedReading> Readings => Payloads.Readings;

    /// <summary>Batches of events that the service would take.</summary>
    public IReadOnlyList<ObservedBatch> Batches => Payloads.Batches;

    /// <summary>What the service would refuse.</summary>
    public IReadOnlyList<ObservedRefusal> Refusals => Payloads.Refusals;

    /// <summary>Optional fields that the service would drop, by name.</summary>
    public IReadOnlyDictionary<string, int> DroppedFields => Payloads.DroppedFields;

    /// <summary>Boards (<c>intersection/board</c>), by what they say, subscribe to or leave as their will.</summary>
    public IReadOnlyList<string> Boards =>
    [
        .. Messages.Where(static m => m.Kind == "board").Select(static m => $"{m.Intersection}/{m.Device}")
            .Concat(Connects.Select(static c => c.Facts.Will?.Topic).Concat(events.OfType<DeviceSubscribed>().Select(static s => s.Filter)).Select(BoardIn).OfType<string>())
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>When a stage began and ended; null when it did not begin. One that has not ended ends with the last event.</summary>
    public (DateTimeOffset From, DateTimeOffset To)? Span(BenchStage stage)
    {
        var stages = events.OfType<StageBegun>().ToList();
        var index = stages.FindIndex(s => s.Stage == stage);
        return index < 0 ? null : (stages[index].At, index + 1 < stages.Count ? stages[index + 1].At : events[^1].At);
    }

    /// <summary>Connections that are open after everything that was seen.</summary>
    public IReadOnlyList<int> OpenConnections => [.. Connects.Select(static c => c.Connection).Except(events.OfType<DeviceGone>().Select(static g => g.Connection))];

    /// <summary>The longest interval in which a device counts or reports, milliseconds; null while it is not known.</summary>
    public long? LongestIntervalMs
    {
        get
        {
            var stated = Readings.Max(static r => r.Interval);
            var spaced = Readings.Where(static r => r.Timestamp is not null).GroupBy(static r => r.Detector)
                .Select(static g => g.Select(static r => r.Timestamp!.Value).Distinct().Order().ToList())
                .Where(static times => times.Count > 1)
                .Select(static times => times.Zip(times.Skip(1), static (a, b) => b - a).Order().ElementAt((times.Count - 1) / 2))
                .DefaultIfEmpty(0).Max();
            return stated ?? (spaced > 0 ? spaced : null);
        }
    }

    /// <summary>
    /// The interval of a detector, milliseconds: the usual one of what it states, because the first after a start may be shorter; else the longest of all devices. 0
    /// while it is not known.
    /// </summary>
    public long IntervalOf(IEnumerable<ObservedReading> detector)
    {
        var stated = detector.Select(static r => r.Interval).OfType<long>().Order().ToList();
        return stated.Count > 0 ? stated[stated.Count / 2] : LongestIntervalMs ?? 0;
    }

    private PayloadReader Payloads => _payloads ??= new PayloadReader(Messages);

    private List<ObservedMessage> Observe()
    {
        var (stage, messages) = (BenchStage.Waiting, new List<ObservedMessage>());
        foreach (var e in events)
        {
            stage = e is StageBegun begun ? begun.Stage : stage;
            if (e is DevicePublished published)
            {
                messages.Add(ObservedMessage.Of(published, stage));
            }
        }

        return messages;
    }

    /// <summary>The board in <c>traffic/v1/{intersection}/board/{board}/...</c>; null when another topic or a pattern stands there.</summary>
    private static string? BoardIn(string? topic) =>
        topic?.Split('/') is ["traffic", "v1", var intersection, "board", var board, ..] && !(intersection + board).Contains('+', StringComparison.Ordinal) && board != "#"
            ? $"{intersection}/{board}"
            : null;
}
