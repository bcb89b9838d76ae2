namespace TrafficCore.Host.Api;

/// <summary>Lets a few answers of the quarantine exist at a time: each holds megabytes until its client has read it. The others wait.</summary>
/// <remarks>Ownership: thread-safe.</remarks>
internal sealed class QuarantineGate : IDisposable
{
    /// <summary>Answers at once: 2 MiB of payloads are some 10 MiB while they are written, so that all together stay below 50 MiB.</summary>
    internal const int AtOnce = 4;

    private readonly SemaphoreSlim places = new(AtOnce);

    /// <summary>Waits for a place; it is kept until it is disposed.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await places.WaitAsync(cancellation);
        return new Place(places);
    }

    public void Dispose() => places.Dispose();

    private sealed class Place(SemaphoreSlim places) : IDisposable
    {
        private SemaphoreSlim? held = places;

        public void Dispose() => Interlocked.Exchange(ref held, null)?.Release();
    }
}
