using System.Text.Json;

namespace TrafficCore.Traffic.Network;

/// <summary>One thing that is wrong with a network file.</summary>
/// <param name="Path">Where, as a JSON path, e.g. <c>$.intersections[0].id</c>.</param>
/// <param name="Message">What.</param>
public readonly record struct NetworkError(string Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}

/// <summary>What became of a network file: a network, or all of its errors.</summary>
/// <param name="Network">The network; null when there are errors.</param>
/// <param name="Errors">Everything that is wrong.</param>
/// <param name="Warnings">What was ignored: members that nobody knows, which are often misspelt.</param>
public sealed record NetworkParseResult(RoadNetwork? Network, IReadOnlyList<NetworkError> Errors, IReadOnlyList<NetworkError> Warnings);

/// <summary>Reads a road network file. It does not stop at the first error: an operator fixes the file in one go.</summary>
public static class RoadNetworkParser
{
    /// <summary>Parses a file.</summary>
    /// <param name="utf8">The file's bytes; a byte order mark, comments and trailing commas are allowed, people edit it by hand.</param>
    /// <param name="isTimeZone">Whether a time zone id is known; without it only the id's form is checked.</param>
    public static NetworkParseResult Parse(ReadOnlyMemory<byte> utf8, Func<string, bool>? isTimeZone = null)
    {
        if (utf8.Span.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        var errors = new List<NetworkError>();
        var warnings = new List<NetworkError>();
        RoadNetwork? network = null;
        try
        {
            using NetworkDocument document = NetworkDocument.Parse(utf8);
            var node = new NetworkNode(document.Root, "$", errors, warnings, document);
            network = new RoadNetworkBuilder(errors, isTimeZone).Build(node);
        }
        catch (JsonException e)
        {
            errors.Add(new NetworkError("$", $"not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: {e.Message}"));
        }
        catch (InvalidOperationException e)
        {
            // Strings that are not UTF-8 or hold half a surrogate pair pass NetworkDocument.Parse and throw when they are read.
            errors.Add(new NetworkError("$", $"not UTF-8: {e.Message}"));
        }

        return new NetworkParseResult(errors.Count == 0 ? network : null, errors, warnings);
    }
}
