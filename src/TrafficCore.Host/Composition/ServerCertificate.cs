using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TrafficCore.Mqtt.Broker;

namespace TrafficCore.Host.Composition;

/// <summary>The certificate that the TLS listener shows.</summary>
internal static class ServerCertificate
{
    /// <summary>Reads the PEM files: the first certificate is the server's, the others are sent with it.</summary>
    /// <exception cref="InvalidDataException">A file cannot be read, holds no certificate, or the key is not the certificate's.</exception>
    public static SslServerAuthenticationOptions Load(BrokerOptions options)
    {
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(options.TlsCertificateFile);
            var own = X509Certificate2.CreateFromPemFile(options.TlsCertificateFile, options.TlsKeyFile.Length == 0 ? null : options.TlsKeyFile);
            return new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(own, chain, offline: true),
#pragma warning disable CA5398 // The contract promises these two; what a system's own choice lets in besides is not wanted.
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }
}
