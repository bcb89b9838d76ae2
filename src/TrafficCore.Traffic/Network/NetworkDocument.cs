using System.Text.Json;

namespace TrafficCore.Traffic.Network;

/// <summary>
/// A network file as JSON. Its two long lists are read element by element: the tree of a whole city would take several times the 40 MB of its file, in
/// arrays that are kept for who needs as much again.
/// </summary>
internal sealed class NetworkDocument : IDisposable
{
    /// <summary>Lists of the root that grow with the city.</summary>
    private static readonly string[] Lists = ["intersections", "links"];

    private static readonly JsonReaderOptions ReaderOptions = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private static readonly JsonDocumentOptions DocumentOptions =
        new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly ReadOnlyMemory<byte> _utf8;
    private readonly Dictionary<string, List<Range>> _elements = new(StringComparer.Ordinal);
    private readonly JsonDocument _rest;

    private NetworkDocument(ReadOnlyMemory<byte> utf8)
    {
        _utf8 = utf8;
        _rest = JsonDocument.Parse(Scan(), DocumentOptions);
    }

    /// <summary>The file with these lists empty.</summary>
    public JsonElement Root => _rest.RootElement;

    /// <exception cref="JsonException">It is not JSON.</exception>
    public static NetworkDocument Parse(ReadOnlyMemory<byte> utf8) => new(utf8);

    /// <summary>The elements of a list of the root that is an array; each is good until the next is asked for.</summary>
    public IEnumerable<JsonElement> Elements(string list)
    {
        foreach (Range element in _elements.GetValueOrDefault(list) ?? [])
        {
            using JsonDocument document = JsonDocument.Parse(_utf8[element], DocumentOptions);
            yield return document.RootElement;
        }
    }

    public void Dispose() => _rest.Dispose();

    /// <summary>Reads the file through, noting where the elements lie; returns it without them.</summary>
    private byte[] Scan()
    {
        var rest = new List<byte>();
        int copied = 0;
        var reader = new Utf8JsonReader(_utf8.Span, ReaderOptions);
        reader.Read();
        while (reader.Read())
        {
            if (reader.CurrentDepth != 1 || reader.TokenType != JsonTokenType.PropertyName || ListOf(in reader) is not { } list)
            {
                continue;
            }

            reader.Read();
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                continue;
            }

            rest.AddRange(_utf8.Span[copied..(int)reader.BytesConsumed]);

            // Where a list appears twice the last one counts, as with any other member; that it does is an error of its own.
            _elements[list] = ReadElements(ref reader);
            copied = (int)reader.TokenStartIndex;
        }

        rest.AddRange(_utf8.Span[copied..]);
        return [.. rest];
    }

    private static List<Range> ReadElements(ref Utf8JsonReader reader)
    {
        var elements = new List<Range>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            elements.Add(start..(int)reader.BytesConsumed);
        }

        return elements;
    }

    private static string? ListOf(in Utf8JsonReader reader)
    {
        foreach (string list in Lists)
        {
            if (reader.ValueTextEquals(list))
            {
                return list;
            }
        }

        return null;
    }
}
