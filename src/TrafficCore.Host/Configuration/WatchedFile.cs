namespace TrafficCore.Host.Configuration;

/// <summary>
/// Looks at one file by time and length, and tells when it has changed; a watcher of the directory would wake at every write of a log that
/// lies beside it.
/// </summary>
/// <remarks>Ownership: <see cref="Look"/> before <see cref="Watch"/>; from then on one loop calls the subscriber, which looks before it reads.</remarks>
internal sealed class WatchedFile(string path, TimeSpan interval, TimeProvider time, Func<CancellationToken, Task> changed) : IAsyncDisposable
{
    private readonly CancellationTokenSource stop = new();
    private FileStamp known;
    private Task loop = Task.CompletedTask;

    /// <summary>Notes the file as it is now: what is read next is known.</summary>
    public void Look() => known = FileStamp.Of(path);

    /// <summary>Starts looking for changes.</summary>
    public void Watch() => loop = Task.Run(WatchAsync);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await loop;
        stop.Dispose();
    }

    private async Task WatchAsync()
    {
        var seen = known;
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop.Token))
            {
                // Read when two looks see the same: an editor that is still writing is left to finish.
                var now = FileStamp.Of(path);
                if (now != known && now == seen)
                {
                    known = now;
                    await changed(stop.Token);
                }

                seen = now;
            }
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
        catch (ObjectDisposedException)
        {
            // What the subscriber writes to closed first.
        }
    }
}
