using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>SUBSCRIBE and UNSUBSCRIBE of one connection that wait for their answer. Their packet ids lie above those of publications.</summary>
/// <remarks>Ownership: every member under the session's lock.</remarks>
internal sealed class PendingRequests
{
    private readonly Dictionary<ushort, TaskCompletionSource<RequestAnswer>> _waiting = [];
    private readonly ushort _firstId;
    private ushort _next;

    public PendingRequests(ushort firstId)
    {
        _firstId = firstId;
        _next = firstId;
    }

    /// <summary>Takes a free packet id and returns the answer to come.</summary>
    public Task<RequestAnswer> Add(out ushort id)
    {
        while (_waiting.ContainsKey(_next))
        {
            Advance();
        }

        id = _next;
        Advance();
        var answer = new TaskCompletionSource<RequestAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(id, answer);
        return answer.Task;
    }

    public bool TryRemove(ushort id, out TaskCompletionSource<RequestAnswer>? answer) => _waiting.Remove(id, out answer);

    public IReadOnlyList<TaskCompletionSource<RequestAnswer>> Waiters() => [.. _waiting.Values];

    private void Advance() => _next = _next == ushort.MaxValue ? _firstId : (ushort)(_next + 1);
}

/// <summary>What SUBACK or UNSUBACK said about one filter.</summary>
/// <param name="Reason">The reason code; success for an UNSUBACK before 5.0, which has none.</param>
/// <param name="Words">The broker's reason string, or null.</param>
internal readonly record struct RequestAnswer(ReasonCode Reason, string? Words);
