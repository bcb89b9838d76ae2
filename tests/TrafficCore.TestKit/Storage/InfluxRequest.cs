using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;

namespace TrafficCore.TestKit.Storage;

/// <summary>An HTTP request as it came over the wire.</summary>
/// <param name="Method">Method.</param>
/// <param name="Path">Path without the query.</param>
/// <param name="Query">Query parameters, decoded.</param>
/// <param name="Headers">Headers by lower-case name.</param>
/// <param name="Body">Body as sent.</param>
public sealed record InfluxRequest(
    string Method, string Path, IReadOnlyDictionary<string, string> Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Reads one request; null when the client has closed the connection.</summary>
    public static async Task<InfluxRequest?> ReadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            if (await stream.ReadAsync(one).ConfigureAwait(false) == 0)
            {
                return null;
            }

            head.Add(one[0]);
        }

        string[] lines = Encoding.ASCII.GetString([.. head]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Dictionary<string, string> headers = lines.Skip(1).Select(line => line.Split(':', 2))
            .ToDictionary(pair => pair[0].ToLowerInvariant(), pair => pair[1].Trim());
        byte[] body = new byte[int.Parse(headers["content-length"], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body).ConfigureAwait(false);
        string[] request = lines[0].Split(' ');
        string[] target = request[1].Split('?', 2);
        Dictionary<string, string> query = (target.Length > 1 ? target[1] : "").Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => pair.Split('=', 2))
            .ToDictionary(pair => Uri.UnescapeDataString(pair[0]), pair => Uri.UnescapeDataString(pair[1]));
        return new InfluxRequest(request[0], target[0], query, headers, body);
    }

    /// <summary>The body, unpacked when it is compressed.</summary>
    /// <exception cref="InvalidDataException">It says gzip and is not, or is cut short.</exception>
    public byte[] Content()
    {
        if (Headers.GetValueOrDefault("content-encoding") != "gzip")
        {
            return Body;
        }

        using MemoryStream plain = new();
        using GZipStream gzip = new(new MemoryStream(Body), CompressionMode.Decompress);
        gzip.CopyTo(plain);
        return plain.ToArray();
    }
}
