using System.Numerics;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Arrays of pages that left memory, for the pages that come: steady state allocates nothing. One shard's own.</summary>
internal sealed class PagePool
{
    /// <summary>Cells in one array: at 60 s windows a quarter of an hour, so a page grows as time passes.</summary>
    public const int CellsPerChunk = 16;

    /// <summary>Arrays kept of each size; beyond it they are the collector's.</summary>
    private const int Keep = 4096;

    private readonly Stack<FlowCell[]> _cells = new();
    private readonly Stack<ushort[]>[] _shorts = [.. Enumerable.Range(0, 17).Select(_ => new Stack<ushort[]>())];
    private readonly Stack<uint[]>[] _ints = [.. Enumerable.Range(0, 17).Select(_ => new Stack<uint[]>())];

    public FlowCell[] RentCells() => _cells.TryPop(out FlowCell[]? cells) ? cells : new FlowCell[CellsPerChunk];

    public void Return(FlowCell[] cells)
    {
        if (_cells.Count < Keep)
        {
            Array.Clear(cells);
            _cells.Push(cells);
        }
    }

    /// <summary>An array of zeros of a power of two.</summary>
    public ushort[] RentShorts(int length) => Rent(_shorts, length);

    public void Return(ushort[] array) => Return(_shorts, array);

    /// <summary>An array of zeros of a power of two.</summary>
    public uint[] RentInts(int length) => Rent(_ints, length);

    public void Return(uint[] array) => Return(_ints, array);

    private static T[] Rent<T>(Stack<T[]>[] stacks, int length)
        where T : struct
    {
        int size = BitOperations.Log2((uint)length);
        return size < stacks.Length && stacks[size].TryPop(out T[]? array) ? array : new T[length];
    }

    private static void Return<T>(Stack<T[]>[] stacks, T[] array)
        where T : struct
    {
        int size = BitOperations.Log2((uint)array.Length);
        if (size < stacks.Length && stacks[size].Count < Keep && BitOperations.IsPow2(array.Length))
        {
            Array.Clear(array);
            stacks[size].Push(array);
        }
    }
}
