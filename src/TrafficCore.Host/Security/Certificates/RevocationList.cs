using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Security.Certificates;

/// <summary>A certificate revocation list (RFC 5280 section 5) that one of the clients' authorities has signed. Immutable, swapped whole.</summary>
internal sealed class RevocationList
{
    private readonly HashSet<string> serials;

    private RevocationList(HashSet<string> serials, DateTimeOffset? nextUpdate) => (this.serials, NextUpdate) = (serials, nextUpdate);

    public static RevocationList Empty { get; } = new([], null);

    /// <summary>When its authority meant to publish another one.</summary>
    public DateTimeOffset? NextUpdate { get; }

    public bool Contains(string? serial) => serial is not null && serials.Contains(serial);

    /// <summary>Reads and checks a file; the list is to be used only when there are no errors.</summary>
    public static (RevocationList List, IReadOnlyList<ConfigurationError> Errors) Read(string path, X509Certificate2Collection authorities)
    {
        try
        {
            return (Parse(File.ReadAllBytes(path), authorities), []);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or AsnContentException or CryptographicException or FormatException)
        {
            return (Empty, [new ConfigurationError("$", error.Message)]);
        }
    }

    /// <summary>Reads PEM or DER.</summary>
    /// <exception cref="AsnContentException">It is not a revocation list.</exception>
    /// <exception cref="CryptographicException">None of the authorities has signed it.</exception>
    /// <exception cref="FormatException">The PEM is broken.</exception>
    public static RevocationList Parse(byte[] content, X509Certificate2Collection authorities)
    {
        var whole = new AsnReader(Der(content), AsnEncodingRules.DER);
        var list = whole.ReadSequence();
        whole.ThrowIfNotEmpty();
        var signed = list.ReadEncodedValue();
        var algorithm = list.ReadSequence().ReadObjectIdentifier();
        var signature = list.ReadBitString(out _);
        if (!authorities.Any(authority => IsSigned(authority, algorithm, signed.Span, signature)))
        {
            throw new CryptographicException("none of the authorities in Mqtt:ClientCaFile has signed it");
        }

        return ReadSigned(new AsnReader(signed, AsnEncodingRules.DER).ReadSequence());
    }

    private static byte[] Der(byte[] content)
    {
        if (content is [0x30, ..])
        {
            return content;
        }

        var text = Encoding.ASCII.GetString(content);
        return PemEncoding.TryFind(text, out var pem) && text[pem.Label] == "X509 CRL" ? Convert.FromBase64String(text[pem.Base64Data]) : throw new FormatException("it holds no X509 CRL");
    }

    private static bool IsSigned(X509Certificate2 authority, string algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        HashAlgorithmName? hash = algorithm switch
        {
            "1.2.840.10045.4.3.2" or "1.2.840.113549.1.1.11" => HashAlgorithmName.SHA256,
            "1.2.840.10045.4.3.3" or "1.2.840.113549.1.1.12" => HashAlgorithmName.SHA384,
            "1.2.840.10045.4.3.4" or "1.2.840.113549.1.1.13" => HashAlgorithmName.SHA512,
            _ => null, // SHA-1 among them: no proof any more
        };
        using var elliptic = authority.GetECDsaPublicKey();
        using var rsa = authority.GetRSAPublicKey();
        return hash is { } name
            && (elliptic?.VerifyData(signed, signature, name, DSASignatureFormat.Rfc3279DerSequence) ?? rsa?.VerifyData(signed, signature, name, RSASignaturePadding.Pkcs1) ?? false);
    }

    private static RevocationList ReadSigned(AsnReader list)
    {
        if (list.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
        {
            list.ReadInteger(); // version
        }

        list.ReadSequence(); // signature algorithm
        list.ReadSequence(); // issuer
        ReadTime(list); // this update
        var next = list.HasData && IsTime(list.PeekTag()) ? ReadTime(list) : default(DateTimeOffset?);
        HashSet<string> serials = new(StringComparer.OrdinalIgnoreCase);
        if (list.HasData && list.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            for (var entries = list.ReadSequence(); entries.HasData;)
            {
                // As X509Certificate2.SerialNumber writes it.
                serials.Add(Convert.ToHexString(entries.ReadSequence().ReadIntegerBytes().Span));
            }
        }

        return new RevocationList(serials, next);
    }

    private static bool IsTime(Asn1Tag tag) => tag.HasSameClassAndValue(Asn1Tag.UtcTime) || tag.HasSameClassAndValue(Asn1Tag.GeneralizedTime);

    private static DateTimeOffset ReadTime(AsnReader reader) => reader.PeekTag().HasSameClassAndValue(Asn1Tag.UtcTime) ? reader.ReadUtcTime() : reader.ReadGeneralizedTime();
}
