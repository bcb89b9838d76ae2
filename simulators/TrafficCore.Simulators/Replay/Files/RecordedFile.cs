using System.IO.Compression;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Replay;

/// <summary>Opens recorded data, plain or gzip; told by its first bytes, not by its name.</summary>
internal static class RecordedFile
{
    /// <summary>Reads a file in one of the formats.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">Its format.</param>
    /// <param name="zone">Zone of times without an offset.</param>
    /// <param name="findings">Takes what is not sent, and why.</param>
    /// <exception cref="UsageException">The file is missing, unreadable or not of the format at all; the message names it.</exception>
    public static IRecording Read(string path, RecordingFormat format, TimeZoneInfo zone, RowFindings findings)
    {
        try
        {
            using var file = File.OpenRead(path);
            return Read(file, format, zone, findings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or UsageException)
        {
            throw new UsageException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads a seekable stream.</summary>
    /// <exception cref="UsageException">Not of the format at all.</exception>
    public static IRecording Read(Stream stream, RecordingFormat format, TimeZoneInfo zone, RowFindings findings)
    {
        var isZipped = stream.ReadByte() == 0x1F && stream.ReadByte() == 0x8B; // RFC 1952, 2.3.1
        stream.Position = 0;
        using var text = new StreamReader(isZipped ? new GZipStream(stream, CompressionMode.Decompress) : stream);
        var time = new LocalTime(zone);
        return format switch
        {
            RecordingFormat.Indiana => IndianaReader.Read(text, time, findings),
            RecordingFormat.Readings => ReadingsReader.Read(text, findings),
            RecordingFormat.Scats => ScatsReader.Read(text, time, findings),
            _ => MuensterReader.Read(text, time, findings),
        };
    }
}

/// <summary>Formats of recorded data.</summary>
internal enum RecordingFormat
{
    /// <summary>High-resolution controller events: CSV with TimeStamp, DeviceId, EventId, Parameter.</summary>
    Indiana,

    /// <summary>Messages as the <c>city</c> command records them, a JSON object in each line.</summary>
    Readings,

    /// <summary>Signal volumes of Victoria: 96 quarter-hours of a detector in a row.</summary>
    Scats,

    /// <summary>Loop counts of Muenster: 24 hours of a loop in a row.</summary>
    Muenster,
}
