using System.ComponentModel.DataAnnotations;

namespace TrafficCore.Host.Configuration;

/// <summary>The keys of section <c>Mqtt</c> for the listener with TLS. What the files hold is judged where they are read.</summary>
public sealed class MqttTlsSettings : IValidatableObject
{
    /// <summary>Port of the listener with TLS, open when there is a certificate. Default 8883, the port that IANA registered for it; 0 = any free port.</summary>
    [Range(0, 65_535)]
    public int TlsPort { get; set; } = 8883;

    /// <summary>Address of it, as <c>Mqtt:Address</c>. Default: that of the listener without TLS, which can so be left to this machine.</summary>
    public string TlsAddress { get; set; } = "";

    /// <summary>Certificate of the service, PEM, intermediate ones behind it. Default: none, and no TLS.</summary>
    public string TlsCertificateFile { get; set; } = "";

    /// <summary>Its private key, PEM. Default: it lies in the certificate's file.</summary>
    public string TlsKeyFile { get; set; } = "";

    /// <summary>Authorities of clients' certificates, PEM. Default: none, and clients are not asked for one.</summary>
    public string ClientCaFile { get; set; } = "";

    /// <summary>Whether a client without a certificate is turned away. Default false: it may come with a password.</summary>
    public bool RequireClientCertificate { get; set; }

    /// <summary>Revocation list of those authorities, PEM or DER; watched. Default: none. One after its next update still counts, and is warned of.</summary>
    public string ClientCrlFile { get; set; } = "";

    internal bool IsUsed => TlsCertificateFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsUsed)
        {
            foreach (var (key, value) in new[] { (nameof(TlsKeyFile), TlsKeyFile), (nameof(ClientCaFile), ClientCaFile), (nameof(TlsAddress), TlsAddress) })
            {
                if (value.Length > 0)
                {
                    yield return new ValidationResult("needs Mqtt:TlsCertificateFile", [key]);
                }
            }
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
    }
}
