using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Mqtt.Client;

/// <summary>SUBSCRIBE and UNSUBSCRIBE that wait for their answer. Their packet ids lie above those of publications.</summary>
/// <remarks>Ownership: every member under the client's lock.</remarks>
internal sealed class PendingRequests
{
    private readonly Dictionary<ushort, TaskCompletionSource<ReasonCode>> _waiting = [];
    private readonly ushort _firstId;
    private ushort _next;

    public PendingRequests(ushort firstId)
    {
        _firstId = firstId;
        _next = firstId;
    }

    /// <summary>Takes a free packet id and returns the answer to come.</summary>
    public Task<ReasonCode> Add(out ushort id)
    {
        while (_waiting.ContainsKey(_next))
        {
            Advance();
        }

        id = _next;
        Advance();
        var answer = new TaskCompletionSource<ReasonCode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add(id, answer);
        return answer.Task;
    }

    public bool TryRemove(ushort id, out TaskCompletionSource<ReasonCode>? answer) => _waiting.Remove(id, out answer);

    public IReadOnlyList<TaskCompletionSource<ReasonCode>> Waiters() => [.. _waiting.Values];

    private void Advance() => _next = _next == ushort.MaxValue ? _firstId : (ushort)(_next + 1);
}
