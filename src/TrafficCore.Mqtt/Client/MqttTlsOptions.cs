using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TrafficCore.Mqtt.Client;

/// <summary>How a client makes sure whom it talks to, and shows who it is. Protocol versions are the system's choice, 1.2 at least.</summary>
public sealed record MqttTlsOptions
{
    /// <summary>Certificate authorities that may have signed the broker's certificate. Default null: those that the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The client's own certificate with its private key. Default null: none is shown.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The name that the broker's certificate must carry, also sent as server name indication. Default null: the host that is connected to.</summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// Whether revocation lists are asked. Default false, the platform's own default: a city's private authority seldom publishes one, and an
    /// unreachable list would keep every client out.
    /// </summary>
    public bool CheckRevocation { get; init; }

    /// <summary>
    /// Whether any certificate of the broker will do, also an expired one or one of another host. Default false; true only to try a connection out: whoever
    /// stands in between can then read and change everything.
    /// </summary>
    public bool AcceptAnyCertificate { get; init; }

    /// <summary>Reads PEM files; an empty path is nothing.</summary>
    /// <param name="authorities">One or more certificates of authorities.</param>
    /// <param name="certificate">The client's certificate.</param>
    /// <param name="key">Its private key; empty: it lies in the certificate's file.</param>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds no certificate, or the key is not the certificate's.</exception>
    public static MqttTlsOptions FromFiles(string authorities, string certificate = "", string key = "")
    {
        var roots = authorities.Length == 0 ? null : new X509Certificate2Collection();
        roots?.ImportFromPemFile(authorities);
        return new MqttTlsOptions
        {
            Authorities = roots,
            Certificate = certificate.Length == 0 ? null : X509Certificate2.CreateFromPemFile(certificate, key.Length == 0 ? null : key),
        };
    }

    internal SslClientAuthenticationOptions For(string host)
    {
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = ServerName ?? host,
            EnabledSslProtocols = SslProtocols.None,
            CertificateRevocationCheckMode = CheckRevocation ? X509RevocationMode.Online : X509RevocationMode.NoCheck,
            ClientCertificates = Certificate is null ? null : [Certificate],
        };
        if (AcceptAnyCertificate)
        {
#pragma warning disable CA5359 // It is what was asked for, and off by default.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (Authorities is not null)
        {
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = options.CertificateRevocationCheckMode,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(Authorities);
        }

        return options;
    }
}
