using System.Collections.Concurrent;

namespace TrafficCore.Storage.History;

/// <summary>
/// A few threads that answer questions one after the other, so that a long one never occupies the threads on which connections live.
/// </summary>
/// <remarks>Ownership: thread-safe. When the queue is full a question waits its turn asynchronously.</remarks>
internal sealed class ReaderThreads : IDisposable
{
    // Each waiting question holds a request open; more than this many at once is a flood that had better wait outside.
    private const int Waiting = 64;

    private readonly BlockingCollection<Action> _queue = [];
    private readonly SemaphoreSlim _room = new(Waiting);

    public ReaderThreads(int count)
    {
        for (int i = 0; i < count; i++)
        {
            new Thread(Work) { Name = "history-reader", IsBackground = true }.Start();
        }
    }

    public async Task<T> Run<T>(Func<T> question, CancellationToken cancellation)
    {
        await _room.WaitAsync(cancellation);
        try
        {
            TaskCompletionSource<T> answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
            _queue.Add(() => Answer(question, answer, cancellation), CancellationToken.None);
            return await answer.Task;
        }
        finally
        {
            _room.Release();
        }
    }

    public void Dispose() => _queue.CompleteAdding();

    private static void Answer<T>(Func<T> question, TaskCompletionSource<T> answer, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
        {
            answer.SetCanceled(cancellation);
            return;
        }

        try
        {
            answer.SetResult(question());
        }
#pragma warning disable CA1031 // every failure goes to the one who asked
        catch (Exception e)
#pragma warning restore CA1031
        {
            answer.SetException(e);
        }
    }

    private void Work()
    {
        foreach (Action question in _queue.GetConsumingEnumerable())
        {
            question();
        }
    }
}
