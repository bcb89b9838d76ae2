using TrafficCore.Mqtt.Client;

namespace TrafficCore.Simulators.Replay;

/// <summary>What a file holds, cut into the messages that its devices would have sent. Immutable.</summary>
internal interface IRecording
{
    /// <summary>Intersections in the order in which the file names them; each gets a connection of its own.</summary>
    IReadOnlyList<string> Intersections { get; }

    /// <summary>Readings, duplicates included.</summary>
    long Readings { get; }

    /// <summary>Controller events, duplicates included.</summary>
    long Events { get; }

    /// <summary>First instant, Unix milliseconds.</summary>
    long FromMs { get; }

    /// <summary>Last instant, Unix milliseconds.</summary>
    long ToMs { get; }

    /// <summary>The messages in the order in which they become due.</summary>
    IReadOnlyList<RecordedMessage> Messages { get; }

    /// <summary>Writes a message.</summary>
    MqttPublication Encode(in RecordedMessage message);
}

/// <summary>One message of a recording.</summary>
/// <param name="Intersection">Index into <see cref="IRecording.Intersections"/>.</param>
/// <param name="DueMs">When its last reading or event was over: a device can't send it earlier. Unix milliseconds.</param>
/// <param name="First">Where its first reading or event lies in the recording.</param>
/// <param name="Items">How many it has.</param>
/// <param name="Sequence">Counter of the intersection's messages, from 1.</param>
internal readonly record struct RecordedMessage(int Intersection, long DueMs, int First, int Items, int Sequence);

/// <summary>Cuts what a file holds into messages.</summary>
internal static class RecordedMessages
{
    /// <summary>Messages in the order in which they become due.</summary>
    /// <param name="items">Readings or events by intersection and time.</param>
    /// <param name="most">Most of them in a message.</param>
    /// <param name="intersectionOf">Whose one is.</param>
    /// <param name="dueOf">When one was over, Unix milliseconds.</param>
    /// <param name="isTogether">Whether one, the second, travels with the first of a message of the same intersection.</param>
    public static IReadOnlyList<RecordedMessage> Cut<T>(
        IReadOnlyList<T> items, int most, Func<T, int> intersectionOf, Func<T, long> dueOf, Func<T, T, bool> isTogether)
    {
        var messages = new List<RecordedMessage>();
        var (first, sequence) = (0, 0);
        for (var i = 1; i <= items.Count; i++)
        {
            var isOther = i == items.Count || intersectionOf(items[i]) != intersectionOf(items[first]);
            if (isOther || i - first == most || !isTogether(items[first], items[i]))
            {
                messages.Add(new RecordedMessage(intersectionOf(items[first]), dueOf(items[i - 1]), first, i - first, ++sequence));
                (first, sequence) = (i, isOther ? 0 : sequence);
            }
        }

        return [.. messages.OrderBy(static m => m.DueMs)];
    }
}
