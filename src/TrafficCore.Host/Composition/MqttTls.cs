using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Composition;

/// <summary>What the MQTT listener with TLS shows, and whose clients' certificates it believes. Read once, immutable.</summary>
/// <param name="Handshake">How each connection is negotiated.</param>
/// <param name="Authorities">Authorities of clients' certificates; empty when clients are asked for none.</param>
/// <param name="RevocationFile">Where the list lies of certificates that these have taken back; empty for none.</param>
internal sealed record MqttTls(SslServerAuthenticationOptions Handshake, X509Certificate2Collection Authorities, string RevocationFile)
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Reads the PEM files: the first certificate is the service's, the others are sent with it. Null, and which file is wrong and why, when one is.</summary>
    public static (MqttTls? Tls, ConfigurationError? Error) Read(MqttTlsSettings settings)
    {
        var key = nameof(settings.TlsCertificateFile);
        try
        {
            var chain = Certificates(settings.TlsCertificateFile);
            key = settings.TlsKeyFile.Length == 0 ? key : nameof(settings.TlsKeyFile);
            var own = X509Certificate2.CreateFromPemFile(settings.TlsCertificateFile, settings.TlsKeyFile.Length == 0 ? null : settings.TlsKeyFile);
            key = nameof(settings.ClientCaFile);
            var authorities = settings.ClientCaFile.Length == 0 ? [] : Certificates(settings.ClientCaFile);
            return (new MqttTls(Negotiate(own, chain, authorities, settings.RequireClientCertificate), authorities, settings.ClientCrlFile), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return (null, new ConfigurationError($"Mqtt:{key}", e.Message));
        }
    }

    private static X509Certificate2Collection Certificates(string path)
    {
        var found = new X509Certificate2Collection();
        found.ImportFromPemFile(path);
        return found.Count > 0 ? found : throw new CryptographicException($"{path} holds no certificate");
    }

    private static SslServerAuthenticationOptions Negotiate(
        X509Certificate2 own, X509Certificate2Collection chain, X509Certificate2Collection authorities, bool isRequired)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true),
#pragma warning disable CA5398 // The contract promises these two; what a system's own choice lets in besides is not wanted.
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        };
        if (authorities.Count > 0)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = Policy(authorities);
            options.RemoteCertificateValidationCallback =
                (_, certificate, _, errors) => certificate is null ? !isRequired : errors == SslPolicyErrors.None;
        }

        return options;
    }

    // A client's certificate counts when one of the authorities signed it for clients; the system's own authorities are nobody here. The service reads
    // the revocation list itself, and live: the platform would ask the network, on a thread that others need.
    private static X509ChainPolicy Policy(X509Certificate2Collection authorities)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy;
    }
}
