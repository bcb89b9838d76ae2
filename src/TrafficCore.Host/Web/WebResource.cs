using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace TrafficCore.Host.Web;

/// <summary>A part of the page, as it is and packed; made once. Immutable.</summary>
/// <param name="ContentType">Media type.</param>
/// <param name="Plain">As it is.</param>
/// <param name="Packed">With gzip, which browsers take over plain HTTP too.</param>
internal sealed record WebResource(string ContentType, WebBody Plain, WebBody Packed)
{
    /// <summary>Reads one that is embedded in the program.</summary>
    /// <exception cref="InvalidOperationException">Its kind is none that a page has.</exception>
    public static WebResource Load(Assembly program, string name)
    {
        using var source = program.GetManifestResourceStream(name)!;
        using var content = new MemoryStream();
        source.CopyTo(content);
        return new WebResource(TypeOf(name), WebBody.Of(content.ToArray()), WebBody.Of(Pack(content.ToArray())));
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"{name} is nothing that a page consists of"),
    };

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }
}

/// <summary>Bytes of an answer, and the tag that names them.</summary>
/// <param name="Content">The bytes.</param>
/// <param name="Tag">Strong: another for each encoding.</param>
internal sealed record WebBody(byte[] Content, EntityTagHeaderValue Tag)
{
    public static WebBody Of(byte[] content) => new(content, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..32]}\""));
}
