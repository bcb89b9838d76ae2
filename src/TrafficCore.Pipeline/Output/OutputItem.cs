using TrafficCore.Log;

namespace TrafficCore.Pipeline.Output;

/// <summary>What travels to the output writer: records, or work that it does once everything in front is durable.</summary>
internal readonly struct OutputItem
{
    public OutputItem(OutputChunk chunk) => Chunk = chunk;

    public OutputItem(OutputTask task) => Task = task;

    /// <summary>Records, and work that is done once they are durable.</summary>
    public OutputItem(OutputChunk chunk, OutputTask task) => (Chunk, Task) = (chunk, task);

    public OutputChunk? Chunk { get; }

    public OutputTask? Task { get; }
}

/// <summary>Work for the output writer's thread, the one owner of the output log.</summary>
internal sealed class OutputTask(Action<LogWriter> work)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Done => _done.Task;

    public void Run(LogWriter log)
    {
        work(log);
        _done.TrySetResult();
    }

    public void Fail(Exception exception) => _done.TrySetException(exception);
}
