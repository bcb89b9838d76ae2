using System.ComponentModel.DataAnnotations;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using TrafficCore.Mqtt.Client;

namespace TrafficCore.Host.Configuration;

/// <summary>The keys of section <c>Mqtt</c> for the listener with TLS.</summary>
public sealed class MqttTlsSettings : IValidatableObject
{
    /// <summary>Port of the listener with TLS, open when there is a certificate. Default 8883, the port that IANA registered for it; 0 = any free port.</summary>
    [Range(0, 65_535)]
    public int TlsPort { get; set; } = 8883;

    /// <summary>Address of it, as <c>Mqtt:Address</c>. Default: that of the listener without TLS, which can so be left to this machine.</summary>
    public string TlsAddress { get; set; } = "";

    /// <summary>Certificate of the service, PEM, with the chain behind it. Default: none, and no TLS.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>Its private key, PEM. Default: it lies in the certificate's file.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Authorities of clients' certificates, PEM. Default: none, and clients are not asked for one.</summary>
    public string ClientCaFile { get; set; } = "";

    /// <summary>Whether a client without a certificate is turned away. Default false: it may come with a password.</summary>
    public bool RequireClientCertificate { get; set; }

    /// <summary>Revocation list of those authorities, PEM or DER; watched. Default: none. One after its next update still counts, and is warned of.</summary>
    public string ClientCrlFile { get; set; } = "";

    internal bool IsUsed => CertificateFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsUsed)
        {
            foreach (var (key, value) in new[] { (nameof(KeyFile), KeyFile), (nameof(ClientCaFile), ClientCaFile), (nameof(TlsAddress), TlsAddress) })
            {
                if (value.Length > 0)
                {
                    yield return new ValidationResult("needs Mqtt:CertificateFile", [key]);
                }
            }

            yield break;
        }

        if (TlsAddress.Length > 0 && !ListenPoint.TryParse(TlsAddress, TlsPort, out _))
        {
            yield return new ValidationResult($"\"{TlsAddress}\" {ListenPoint.Expected}", [nameof(TlsAddress)]);
        }

        foreach (var (key, value) in new[] { (nameof(ClientCrlFile), ClientCrlFile.Length > 0), (nameof(RequireClientCertificate), RequireClientCertificate) })
        {
            if (value && ClientCaFile.Length == 0)
            {
                yield return new ValidationResult("needs Mqtt:ClientCaFile", [key]);
            }
        }

        if (Read() is { Error: { } unreadable } file)
        {
            yield return new ValidationResult(unreadable, [file.Key]);
        }
    }

    /// <summary>Certificate and authorities, or which file is wrong and why.</summary>
    internal (MqttTlsOptions? Files, string Key, string? Error) Read()
    {
        var key = nameof(CertificateFile);
        try
        {
            MqttTlsOptions.FromFiles("", CertificateFile, KeyFile);
            key = nameof(ClientCaFile);
            return (MqttTlsOptions.FromFiles(ClientCaFile, CertificateFile, KeyFile), key, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return (null, key, e.Message);
        }
    }

    /// <summary>What Kestrel is told. A client's certificate counts when one of the authorities signed it for clients; the system's own authorities are nobody here.</summary>
    internal HttpsConnectionAdapterOptions Options()
    {
        var files = Read().Files!;
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(CertificateFile);
        return new HttpsConnectionAdapterOptions
        {
            ServerCertificate = files.Certificate,
            ServerCertificateChain = chain,
            SslProtocols = SslProtocols.None,
            ClientCertificateMode = files.Authorities is null ? ClientCertificateMode.NoCertificate
                : RequireClientCertificate ? ClientCertificateMode.RequireCertificate
                : ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = (certificate, presented, _) => IsSigned(certificate, presented, files.Authorities),
        };
    }

    private static bool IsSigned(X509Certificate2 certificate, X509Chain? presented, X509Certificate2Collection? authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities ?? []);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // client authentication

        // The service reads the list itself, and live: the platform would ask the network, on a thread that others need.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        return chain.Build(certificate);
    }
}
