namespace TrafficCore.TestKit.Log;

/// <summary>Decides, seeded, what of the unsynced survives a power loss.</summary>
/// <remarks>Seed 0 keeps nothing, seed 1 keeps everything, others keep each thing with even odds.</remarks>
public sealed class PowerLoss
{
    private readonly int _seed;
    private ulong _state;

    /// <param name="seed">What survives.</param>
    /// <param name="blockBytes">What a disk writes whole: 512, or 8 for a harder test.</param>
    /// <param name="moment">Number of the operation, so that one seed means other survivors at each crash point.</param>
    public PowerLoss(int seed, int blockBytes = 512, int moment = 0)
    {
        BlockBytes = blockBytes;
        _seed = seed;
        _state = ((ulong)(uint)seed << 32) | (uint)moment;
    }

    public int BlockBytes { get; }

    public bool Survives() => _seed switch
    {
        0 => false,
        1 => true,
        _ => (Next() & 1) == 0,
    };

    // SplitMix64: System.Random gives neighbouring seeds first draws that go together, and whole patterns never come.
    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
