using System.Runtime.CompilerServices;

namespace TrafficCore.LoadBench.Publication;

/// <summary>Reads Server-Sent Events as a browser would: the name and the data of each.</summary>
internal static class FeedReader
{
    /// <summary>Events of a stream, until it ends.</summary>
    public static async IAsyncEnumerable<(string Name, string Data)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var reader = new StreamReader(stream);
        var (name, data) = ("message", "");
        while (await reader.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Length == 0)
            {
                if (data.Length > 0)
                {
                    yield return (name, data);
                }

                (name, data) = ("message", "");
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                // The service writes the data of an event on one line.
                data = line["data: ".Length..];
            }
        }
    }
}
