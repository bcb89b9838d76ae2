using TrafficCore.Pipeline.Output;
using TrafficCore.Storage.Delivery;
using TrafficCore.Traffic.Observations;
using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.TestKit.Storage;

/// <summary>An output log in memory: every entry takes 100 positions.</summary>
/// <remarks>Ownership: thread-safe.</remarks>
public sealed class MemoryOutput : IOutputSource
{
    /// <summary>Positions from one entry to the next.</summary>
    public const long Step = 100;

    private readonly Lock gate = new();
    private readonly List<OutputEntry> entries = [];
    private TaskCompletionSource more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HashSet<long> damaged = [];
    private long start;

    /// <inheritdoc/>
    public long Start
    {
        get
        {
            lock (gate)
            {
                return start;
            }
        }
    }

    /// <inheritdoc/>
    public long DurableEnd
    {
        get
        {
            lock (gate)
            {
                return entries.Count * Step;
            }
        }
    }

    /// <inheritdoc/>
    public long Records => DurableEnd / Step;

    /// <inheritdoc/>
    public long CountRecords(long position) => (DurableEnd - Math.Max(position, Start)) / Step;

    /// <summary>Appends one record with rows.</summary>
    public void Append(long receivedMs, params IReadOnlyList<FlowRow> rows) =>
        Append(position => new OutputEntry(position, position + Step, receivedMs, rows));

    /// <summary>Appends one rejected payload.</summary>
    public void Append(RejectedPayload rejected) =>
        Append(position => new OutputEntry(position, position + Step, rejected.ReceivedMs, [], rejected));

    /// <summary>Appends one record for each observation.</summary>
    public void AppendEach(long receivedMs, params IReadOnlyList<Observation> observations)
    {
        foreach (Observation observation in observations)
        {
            Append(position => new OutputEntry(position, position + Step, receivedMs, [], Observation: observation));
        }
    }

    /// <summary>Appends what a board is to show.</summary>
    public void Append(long receivedMs, BoardDecisionRecord decision) =>
        Append(position => new OutputEntry(position, position + Step, receivedMs, [], BoardDecision: decision));

    /// <summary>Appends what a board says.</summary>
    public void Append(long receivedMs, BoardStatusRecord status) =>
        Append(position => new OutputEntry(position, position + Step, receivedMs, [], BoardStatus: status));

    /// <summary>Appends the city's index in a window.</summary>
    public void Append(long receivedMs, CityIndexRow index) =>
        Append(position => new OutputEntry(position, position + Step, receivedMs, [], CityIndex: index));

    /// <summary>Forgets what is below a position, as retention does.</summary>
    public void RetainFrom(long position)
    {
        lock (gate)
        {
            start = position;
        }
    }

    /// <summary>Makes one entry unreadable.</summary>
    public void Damage(long position)
    {
        lock (gate)
        {
            damaged.Add(position);
        }
    }

    /// <inheritdoc/>
    public IOutputReader OpenReader(long position) => new Reader(this, position);

    /// <inheritdoc/>
    public async ValueTask WaitBeyondAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            Task signal;
            lock (gate)
            {
                if (entries.Count * Step > position)
                {
                    return;
                }

                signal = more.Task;
            }

            await signal.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    private void Append(Func<long, OutputEntry> make)
    {
        TaskCompletionSource signal;
        lock (gate)
        {
            entries.Add(make(entries.Count * Step));
            signal = more;
            more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        signal.SetResult();
    }

    private sealed class Reader(MemoryOutput output, long position) : IOutputReader
    {
        private long position = position;

        public OutputStatus Read(out OutputEntry entry)
        {
            lock (output.gate)
            {
                if (position < output.start)
                {
                    entry = new OutputEntry(position, output.start, 0, []);
                    position = output.start;
                    return OutputStatus.Gap;
                }

                if (output.damaged.Contains(position))
                {
                    entry = new OutputEntry(position, position + Step, 0, []);
                    position += Step;
                    return OutputStatus.Gap;
                }

                int index = (int)(position / Step);
                entry = index < output.entries.Count ? output.entries[index] : default;
                position = index < output.entries.Count ? entry.Next : position;
                return index < output.entries.Count ? OutputStatus.Entry : OutputStatus.End;
            }
        }

        public void Dispose()
        {
        }
    }
}
