using System.Buffers;
using System.Text.Json;
using TrafficCore.Simulators.City.Devices;

namespace TrafficCore.Simulators.City.Sending;

/// <summary>
/// Writes what devices send into a file, one JSON object a line in the order in which it is due: <c>{"due":ms,"topic":"...","payload":...}</c>. A
/// payload that is not JSON stands as <c>"text":"..."</c> instead.
/// </summary>
/// <remarks>Ownership: one loop.</remarks>
internal sealed class ReadingsFile : ICityOutput, IDisposable
{
    private const int Chunk = 1 << 20;

    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _lines = new(Chunk + 65_536);

    public ReadingsFile(Stream stream) => _stream = stream;

    /// <summary>Lines written.</summary>
    public long Count { get; private set; }

    /// <inheritdoc/>
    public void Send(in CityMessage message, ReadOnlySpan<byte> payload)
    {
        _lines.Text("{\"due\":"u8).Number(message.DueMs).Text(",\"topic\":\""u8).Text(message.Topic);
        if (message.IsBroken)
        {
            _lines.Text("\",\"text\":"u8).Text(JsonSerializer.SerializeToUtf8Bytes(System.Text.Encoding.UTF8.GetString(payload)));
        }
        else
        {
            _lines.Text("\",\"payload\":"u8).Text(payload);
        }

        _lines.Text("}\n"u8);
        Count++;
        if (_lines.WrittenCount >= Chunk)
        {
            Write();
        }
    }

    public void Dispose()
    {
        Write();
        _stream.Dispose();
    }

    private void Write()
    {
        _stream.Write(_lines.WrittenSpan);
        _lines.ResetWrittenCount();
    }
}
