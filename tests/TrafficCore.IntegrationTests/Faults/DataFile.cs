using System.Globalization;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>A file of a data directory that nobody has open.</summary>
internal sealed class DataFile
{
    // Where they begin in a plain segment.
    private const int Records = 8192;

    private readonly string path;

    private DataFile(string path) => this.path = path;

    /// <summary>The newest file of a kind that holds anything, by name.</summary>
    /// <param name="directory">The data directory.</param>
    /// <param name="kind">Pattern below it; one without a folder is looked for in all.</param>
    public static DataFile Newest(string directory, string kind)
    {
        var (folder, name) = (Path.GetDirectoryName(kind)!, Path.GetFileName(kind));
        var found = Directory.GetFiles(Path.Combine(directory, folder), name, folder.Length == 0 ? SearchOption.AllDirectories : SearchOption.TopDirectoryOnly);
        return new DataFile(found.Where(static file => Used(file) > 0).OrderBy(static file => file, StringComparer.Ordinal).LastOrDefault()
            ?? throw new InvalidOperationException($"No {kind} in {string.Join(' ', Directory.GetFiles(directory, "*", SearchOption.AllDirectories))}"));
    }

    /// <summary>Flips one bit in a value of the readings that lie in the middle of an input log of one plain segment, so that their header still tells whose they are.</summary>
    public static void FlipInReadings(string inputDirectory)
    {
        var readings = new List<long>();
        using (var reader = LogReader.OpenDirectory(inputDirectory, PhysicalFileSystem.Instance, 0))
        {
            while (reader.Read(out var record) == LogReadStatus.Record)
            {
                if (record.Header.Type == (byte)RecordType.Readings)
                {
                    readings.Add(record.Position);
                }
            }
        }

        var path = Directory.GetFiles(inputDirectory, "*.log").Order(StringComparer.Ordinal).First();
        Assert.Equal(0, long.Parse(Path.GetFileNameWithoutExtension(path).Split('-')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Flip(path, Records + readings[readings.Count / 2] + RecordHeader.Size + 18);
    }

    /// <summary>Flips one bit in the middle of what is written, where there is something.</summary>
    public void FlipInTheMiddle()
    {
        var bytes = File.ReadAllBytes(path);
        var from = FirstOfContent(path);
        var at = from + ((Used(path) - from) / 2);
        while (bytes[at] == 0)
        {
            at--;
        }

        Flip(path, at);
    }

    private static void Flip(string path, long at)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ 0x10));
    }

    // Of a segment: its records, behind both headers.
    private static int FirstOfContent(string path) => path.EndsWith(".log", StringComparison.Ordinal) ? Records : 0;

    private static int Used(string path) => Array.FindLastIndex(File.ReadAllBytes(path), static value => value != 0) + 1 is var end && end > FirstOfContent(path) ? end : 0;
}
