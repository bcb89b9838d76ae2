using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.TestKit.Mqtt;

/// <summary>A certificate authority of one test, and PEM files of what it signs.</summary>
/// <remarks>Ownership: one test.</remarks>
public sealed class CertificateFiles : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 authority;
    private int serial;

    /// <summary>Makes the authority, valid for a day on either side of now.</summary>
    public CertificateFiles()
    {
        var request = new CertificateRequest("CN=Test Authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Authority, authority.ExportCertificatePem());
    }

    /// <summary>Path of the authority's certificate.</summary>
    public string Authority => directory["ca.pem"];

    /// <summary>Signs a certificate for a name and returns the paths of it and its key.</summary>
    /// <param name="name">Common name; for a server also its DNS name, or its address.</param>
    /// <param name="isServer">For a server, else for a client.</param>
    public (string Certificate, string Key) Issue(string name, bool isServer)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", own, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(isServer ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        if (isServer)
        {
            var names = new SubjectAlternativeNameBuilder();
            if (IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }

            request.CertificateExtensions.Add(names.Build());
        }

        using var signed = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(12), BitConverter.GetBytes(++serial));
        var files = (Certificate: directory[$"{serial}.pem"], Key: directory[$"{serial}.key"]);
        File.WriteAllText(files.Certificate, signed.ExportCertificatePem());
        File.WriteAllText(files.Key, own.ExportPkcs8PrivateKeyPem());
        return files;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        authority.Dispose();
        key.Dispose();
        directory.Dispose();
    }
}
