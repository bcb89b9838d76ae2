namespace TrafficCore.TestKit.Log;

/// <summary>Decides, seeded, what of the unsynced survives a power loss.</summary>
/// <remarks>Seed 0 keeps nothing, seed 1 keeps everything, others keep each thing with even odds.</remarks>
public sealed class PowerLoss
{
    private readonly Random? _random;
    private readonly bool _always;

    public PowerLoss(int seed, int blockBytes = 512)
    {
        BlockBytes = blockBytes;
        _always = seed == 1;
        _random = seed is 0 or 1 ? null : new Random(seed);
    }

    /// <summary>What a disk writes whole: 512, or 8 for a harder test.</summary>
    public int BlockBytes { get; }

    public bool Survives() => _random is null ? _always : _random.Next(2) == 0;
}
