using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Simulators.Load;

/// <summary>Counts the reasons with which a broker refused: of acknowledgements, of connections, and of the end that it put to one.</summary>
/// <remarks>Ownership: any thread.</remarks>
internal sealed class ReasonTally
{
    private readonly long[] _counts = new long[256];

    /// <summary>Counts one.</summary>
    public void Add(ReasonCode reason) => Interlocked.Increment(ref _counts[(byte)reason]);

    /// <summary>What was counted, by name: <c>0x99 PayloadFormatInvalid</c>.</summary>
    public SortedDictionary<string, long> ToDictionary()
    {
        var named = new SortedDictionary<string, long>(StringComparer.Ordinal);
        for (var code = 0; code < _counts.Length; code++)
        {
            if (_counts[code] > 0)
            {
                named.Add($"0x{code:X2} {(ReasonCode)code}", _counts[code]);
            }
        }

        return named;
    }
}
