using System.Text;
using TrafficCore.Simulators.Replay;

namespace TrafficCore.Tests.Simulators.Replay;

/// <summary>Reads a recording from text.</summary>
internal static class RecordedText
{
    public static (T Recording, RowFindings Findings) Read<T>(string text, RecordingFormat format, string zone = "UTC")
        where T : IRecording
    {
        var findings = new RowFindings();
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(text));
        return ((T)RecordedFile.Read(stream, format, TimeZoneInfo.FindSystemTimeZoneById(zone), findings), findings);
    }
}
