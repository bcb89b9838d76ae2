using System.Globalization;
using System.Text;

namespace TrafficCore.Storage.Influx;

/// <summary>Points the server refused for good, as line protocol with the reason in a comment: correct the cause, then load the file.</summary>
/// <remarks>Ownership: the sink's loop. Two files of half the bound each; when both are full the older is dropped.</remarks>
internal sealed class DeadLetterFile(string path, long maxBytes, TimeProvider time)
{
    /// <summary>Appends points; durable when it returns, because the cursor moves on afterwards.</summary>
    public void Append(PointRange points, string reason)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using FileStream file = new(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
        string oneLine = reason.ReplaceLineEndings(" ");
        file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"# {time.GetUtcNow():O} {oneLine}\n")));
        file.Write(points.Bytes.Span);
        file.Flush(flushToDisk: true);
        if (file.Length > maxBytes / 2)
        {
            File.Move(path, path + ".1", overwrite: true);
        }
    }
}
