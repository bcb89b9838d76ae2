using System.Globalization;
using System.Text;
using TrafficCore.Host.Upstream;
using TrafficCore.Mqtt.Wire;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Upstream;

/// <summary>Notes what an upstream client delivers, and acknowledges or holds it back as the test says.</summary>
internal sealed class RecordingReceiver : IUpstreamReceiver
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(40);

    private readonly Lock gate = new();
    private readonly List<int> numbers = [];
    private readonly List<long> tickets = [];
    private readonly List<UpstreamLink> links = [];
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int flushing;
    private int acknowledged;

    /// <summary>Each flush acknowledges what came before it.</summary>
    public bool AcknowledgesAtOnce { get; set; }

    /// <summary>The first flush waits for <see cref="Release"/>, then everything is acknowledged at once.</summary>
    public bool IsHeld { get; init; }

    public Action<long> Acknowledge { get; set; } = static _ => { };

    public IReadOnlyList<int> Numbers => Copy(numbers);

    public IReadOnlyList<long> Tickets => Copy(tickets);

    public IReadOnlyList<UpstreamLink> Links => Copy(links);

    /// <summary>The most messages that were received and not acknowledged at one time.</summary>
    public int MostWaiting { get; private set; }

    public void Release() => released.TrySetResult();

    public void Receive(in PublishView message, long ticket)
    {
        lock (gate)
        {
            Assert.Equal(0, Volatile.Read(ref flushing));
            numbers.Add(int.Parse(Encoding.ASCII.GetString(message.Payload), CultureInfo.InvariantCulture));
            tickets.Add(ticket);
            MostWaiting = Math.Max(MostWaiting, numbers.Count - acknowledged);
        }
    }

    public async ValueTask FlushAsync(CancellationToken cancellation)
    {
        Volatile.Write(ref flushing, 1);
        if (IsHeld)
        {
            await released.Task.WaitAsync(cancellation);
        }

        Volatile.Write(ref flushing, 0);
        if (AcknowledgesAtOnce || IsHeld)
        {
            acknowledged = numbers.Count;
            Acknowledge(tickets[^1]);
        }
    }

    public void OnLink(UpstreamLink link)
    {
        lock (gate)
        {
            links.Add(link);
        }
    }

    public Task WhenAsync(int count) => Eventually.ReachesAsync(() => Task.FromResult(Numbers.Count >= count ? null : $"{Numbers.Count} of {count}"), Limit);

    public Task WhenDistinctAsync(int count) =>
        Eventually.ReachesAsync(() => Task.FromResult(Numbers.Distinct().Count() is var n && n >= count ? null : $"{n} of {count}"), Limit);

    private List<T> Copy<T>(List<T> list)
    {
        lock (gate)
        {
            return [.. list];
        }
    }
}
