using System.Buffers;

namespace TrafficCore.Simulators.City.Sending;

/// <summary>What is sent within one second, kept until it is due.</summary>
/// <remarks>Ownership: whoever holds it; it goes from the engine's loop to the scheduler's and back.</remarks>
internal sealed class TickBatch : ICityOutput
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly List<(CityMessage Message, int Offset, int Length)> _messages = [];

    /// <summary>Whether these are the last messages of the run, which go at once.</summary>
    public bool IsLast { get; set; }

    public int Count => _messages.Count;

    /// <summary>A message and its payload.</summary>
    public (CityMessage Message, ReadOnlyMemory<byte> Payload) this[int index]
    {
        get
        {
            var (message, offset, length) = _messages[index];
            return (message, _bytes.WrittenMemory.Slice(offset, length));
        }
    }

    /// <inheritdoc/>
    public void Send(in CityMessage message, ReadOnlySpan<byte> payload)
    {
        _messages.Add((message, _bytes.WrittenCount, payload.Length));
        _bytes.Write(payload);
    }

    /// <summary>Empties it for the next second.</summary>
    public void Clear()
    {
        _messages.Clear();
        _bytes.ResetWrittenCount();
    }
}
