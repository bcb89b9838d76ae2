using System.Numerics;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Arrays of pages that left memory, for the pages that come: steady state allocates nothing. One shard's own.</summary>
internal sealed class PagePool
{
    /// <summary>Arrays kept of each size; beyond it they are the collector's.</summary>
    private const int Keep = 4096;

    private readonly Stack<WindowContent[]>[] _contents = Stacks<WindowContent>();
    private readonly Stack<long[]>[] _longs = Stacks<long>();
    private readonly Stack<byte[]>[] _bytes = Stacks<byte>();
    private readonly Stack<ushort[]>[] _shorts = Stacks<ushort>();
    private readonly Stack<uint[]>[] _ints = Stacks<uint>();

    /// <summary>Where a detector's windows are laid out to be written.</summary>
    public WindowSheet Sheet { get; } = new();

    /// <summary>Empty contents, at least so many.</summary>
    public WindowContent[] RentContents(int count) => Rent(_contents, (int)BitOperations.RoundUpToPowerOf2((uint)count));

    public void Return(WindowContent[] array) => Return(_contents, array);

    /// <summary>Zeros, at least so many.</summary>
    public long[] RentLongs(int count) => Rent(_longs, (int)BitOperations.RoundUpToPowerOf2((uint)count));

    public void Return(long[] array) => Return(_longs, array);

    /// <summary>Zeros, at least so many.</summary>
    public byte[] RentBytes(int count) => Rent(_bytes, (int)BitOperations.RoundUpToPowerOf2((uint)count));

    public void Return(byte[] array) => Return(_bytes, array);

    /// <summary>An array of zeros of a power of two.</summary>
    public ushort[] RentShorts(int length) => Rent(_shorts, length);

    public void Return(ushort[] array) => Return(_shorts, array);

    /// <summary>An array of zeros of a power of two.</summary>
    public uint[] RentInts(int length) => Rent(_ints, length);

    public void Return(uint[] array) => Return(_ints, array);

    private static Stack<T[]>[] Stacks<T>() => [.. Enumerable.Range(0, 17).Select(_ => new Stack<T[]>())];

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
