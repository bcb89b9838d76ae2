using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace TrafficCore.Boards.Memory;

/// <summary>The director's memory as a versioned JSON document.</summary>
public static class DirectorMemoryJson
{
    // A program reads its own version only. Without a document boards begin anew, so a change of shape needs no migration.
    private const int Version = 3;

    /// <summary>Writes the document, piece by piece: that of a city's boards has megabytes, and is written anew with every decision.</summary>
    public static void Write(IBufferWriter<byte> destination, DirectorMemory memory)
    {
        using var writer = new Utf8JsonWriter(destination);
        JsonSerializer.Serialize(writer, new MemoryDocument { Version = Version, Memory = memory }, MemoryJson.Default.MemoryDocument);
    }

    /// <summary>Reads a document; null, and why, when it is not one that this program understands.</summary>
    public static DirectorMemory? Read(ReadOnlySpan<byte> json, out string? problem)
    {
        problem = null;
        try
        {
            // The version first: the rest of a newer document may have any shape.
            var version = JsonSerializer.Deserialize(json, MemoryJson.Default.MemoryVersion)?.Version;
            if (version == Version)
            {
                return JsonSerializer.Deserialize(json, MemoryJson.Default.MemoryDocument)!.Memory;
            }

            problem = $"its version is {version}, this program reads {Version}";
        }
        catch (JsonException error)
        {
            problem = error.Message;
        }

        return null;
    }
}

/// <summary>The part of the document that every version has.</summary>
internal sealed record MemoryVersion
{
    public required int Version { get; init; }
}

/// <summary>The whole document.</summary>
internal sealed record MemoryDocument
{
    public required int Version { get; init; }

    public required DirectorMemory Memory { get; init; }
}

/// <summary>Generated readers and writers of the document.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(MemoryVersion))]
[JsonSerializable(typeof(MemoryDocument))]
internal sealed partial class MemoryJson : JsonSerializerContext;
