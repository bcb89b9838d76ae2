using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using TrafficCore.Boards.Delivery;
using TrafficCore.Boards.Memory;
using TrafficCore.Boards.Windows;

namespace TrafficCore.Tests.Boards;

/// <summary>What the boards' loop touches, in memory, with one list of everything that it did in order.</summary>
internal sealed class BoardDoubles : IBoardWindows, IBoardLog, IBoardChannel, IBoardStore
{
    private readonly Lock gate = new();
    private readonly List<BoardWindow> windows = [];
    private readonly List<string> done = [];

    /// <summary>What the store holds.</summary>
    public byte[]? Document { get; set; }

    public bool RefuseSaves { get; set; }

    public bool RefuseMessages { get; set; }

    /// <summary>The board log takes nothing before this completes.</summary>
    public Task LogOpens { get; set; } = Task.CompletedTask;

    public IReadOnlyList<string> Done
    {
        get
        {
            lock (gate)
            {
                return [.. done];
            }
        }
    }

    public long DurableEnd
    {
        get
        {
            lock (gate)
            {
                return windows.Count == 0 ? 0 : windows[^1].Next;
            }
        }
    }

    public void Publish(BoardWindow window)
    {
        lock (gate)
        {
            windows.Add(window);
        }
    }

    public IBoardWindowReader OpenReader(long position, long receivedFrom, Func<string, long, bool> isWatched)
    {
        Note($"open {position}");
        return new Reader(this, position, isWatched);
    }

    public async ValueTask AppendAsync(IReadOnlyList<BoardDecision> decisions, IReadOnlyList<BoardStatusChange> statuses, CancellationToken cancellationToken)
    {
        await LogOpens.WaitAsync(cancellationToken);
        foreach (var decision in decisions)
        {
            Note($"log {decision.Message.Id}");
        }

        foreach (var status in statuses)
        {
            Note($"status {status.Status.State}");
        }
    }

    public ValueTask SendAsync(BoardMessage message, CancellationToken cancellationToken)
    {
        if (RefuseMessages)
        {
            throw new IOException("The transport is down.");
        }

        Note($"send {message.Board} {message.Id}");
        return ValueTask.CompletedTask;
    }

    public byte[]? Load() => Document;

    public void Save(Action<IBufferWriter<byte>> write)
    {
        if (RefuseSaves)
        {
            throw new IOException("The disk is full.");
        }

        var document = new ArrayBufferWriter<byte>();
        write(document);
        Document = document.WrittenSpan.ToArray();
        Note("save");
    }

    private void Note(string what)
    {
        lock (gate)
        {
            done.Add(what);
        }
    }

    private sealed class Reader(BoardDoubles doubles, long position, Func<string, long, bool> isWatched) : IBoardWindowReader
    {
        public long Position { get; private set; } = position;

        public bool TryRead([NotNullWhen(true)] out BoardWindow? window)
        {
            lock (doubles.gate)
            {
                window = doubles.windows.Find(w => w.Position >= Position && isWatched(w.Intersection, w.Length));
                Position = window?.Next ?? doubles.windows.Select(w => w.Next).Append(Position).Max();
                return window is not null;
            }
        }

        public void Dispose()
        {
        }
    }
}
