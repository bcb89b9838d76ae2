namespace TrafficCore.Host.Composition;

/// <summary>Stops one part after the other, and says what took long.</summary>
/// <remarks>Ownership: who stops the service.</remarks>
internal sealed class StopSequence(TimeProvider time, ILogger logger)
{
    // Container engines and process managers kill after ten seconds unless told otherwise; whoever looks for the reason finds it here.
    private static readonly TimeSpan Expected = TimeSpan.FromSeconds(10);

    private readonly long started = time.GetTimestamp();
    private (string Part, TimeSpan Took) longest = ("nothing", TimeSpan.Zero);

    /// <summary>Stops a part. One that fails is told, and does not keep the others from making their work durable.</summary>
    public async Task RunAsync(string part, Func<Task> stop)
    {
        var began = time.GetTimestamp();
        try
        {
            await stop();
        }
        catch (Exception error)
        {
            HostLog.StopFailed(logger, error, part);
        }

        var took = time.GetElapsedTime(began);
        longest = took > longest.Took ? (part, took) : longest;
    }

    /// <summary>All parts have stopped.</summary>
    public void Complete()
    {
        var took = time.GetElapsedTime(started);
        HostLog.Stopped(logger, (long)took.TotalMilliseconds);
        if (took > Expected)
        {
            HostLog.StoppedLate(logger, (long)took.TotalMilliseconds, longest.Part, (long)longest.Took.TotalMilliseconds);
        }
    }
}
