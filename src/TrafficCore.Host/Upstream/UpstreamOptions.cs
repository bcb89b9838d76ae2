using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using TrafficCore.Mqtt.Client;
using TrafficCore.Mqtt.Wire;

namespace TrafficCore.Host.Upstream;

/// <summary>
/// The keys of section <c>Mqtt</c> that make the service a client of an existing broker, beside its own listener or instead of it. Bound once at start.
/// </summary>
public sealed class UpstreamOptions : IValidatableObject
{
    // The longest id that every broker must take (3.1.1 section 3.1.3.1) is 23; more is usual, and 128 is where brokers' own limits begin.
    private const int MaxClientId = 128;

    /// <summary>
    /// URL of the broker, <c>mqtt://user:password@host:port</c>, also <c>mqtts</c>, <c>ws</c> and <c>wss</c>. Default empty: no upstream. The password is never
    /// logged.
    /// </summary>
    public string Upstream { get; set; } = "";

    /// <summary>Whether the service's own MQTT listener is open. Default true. False only with an upstream: there would be no way in.</summary>
    public bool Listen { get; set; } = true;

    /// <summary>Client id at the broker. Default empty: one that is made once for the data directory and kept there.</summary>
    /// <remarks>The broker's session, and with it what it holds for the service, belongs to this id.</remarks>
    [StringLength(MaxClientId)]
    public string UpstreamClientId { get; set; } = "";

    /// <summary>Protocol: <c>5.0</c> or <c>3.1.1</c>. Default 5.0.</summary>
    [RegularExpression(@"5(\.0)?|3\.1\.1", ErrorMessage = "is neither 5.0 nor 3.1.1")]
    public string UpstreamVersion { get; set; } = "5.0";

    /// <summary>
    /// Group of a shared subscription, <c>$share/{group}/...</c>, for telemetry. Default empty: none. The broker deals messages out among the group's members, so
    /// only one of them may be a service that writes windows; the others stand by.
    /// </summary>
    [RegularExpression("[^/+#\\0]*", ErrorMessage = "must not contain / + or #")]
    public string UpstreamShare { get; set; } = "";

    /// <summary>
    /// Messages that may wait for the commit. Default 1,024: with a commit every 5 ms, 200,000 a second. The broker's own limit counts too: mosquitto's
    /// <c>max_inflight_messages</c> is 20 unless set.
    /// </summary>
    [Range(1, 65535)]
    public int UpstreamReceiveMaximum { get; set; } = 1024;

    /// <summary>How long the broker keeps session and messages while the service is away (5.0). Default 7 d, as long as late data is accepted.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan UpstreamSessionExpiry { get; set; } = TimeSpan.FromDays(7);

    /// <summary>PEM file of the authorities that may have signed the broker's certificate. Default empty: those that the system trusts.</summary>
    public string UpstreamCaFile { get; set; } = "";

    /// <summary>PEM file of the service's own certificate, for brokers that ask for one. Default empty: none.</summary>
    public string UpstreamCertificateFile { get; set; } = "";

    /// <summary>PEM file of its private key. Default empty: it lies in the certificate's file.</summary>
    public string UpstreamKeyFile { get; set; } = "";

    internal bool IsUsed => Upstream.Length > 0;

    internal MqttVersion Version => UpstreamVersion.StartsWith('5') ? MqttVersion.V5 : MqttVersion.V311;

    private bool HasFiles => UpstreamCaFile.Length + UpstreamCertificateFile.Length + UpstreamKeyFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IsUsed)
        {
            if (!Listen)
            {
                yield return new ValidationResult("is false and there is no Mqtt:Upstream: nothing could come in", [nameof(Listen)]);
            }

            yield break;
        }

        if (!MqttAddress.TryParse(Upstream, out var address, out var error))
        {
            yield return new ValidationResult(error, [nameof(Upstream)]);
            yield break;
        }

        if (HasFiles && !address.IsTls)
        {
            yield return new ValidationResult("is not encrypted, and certificates are configured: write mqtts:// or wss://", [nameof(Upstream)]);
        }

        if (UpstreamKeyFile.Length > 0 && UpstreamCertificateFile.Length == 0)
        {
            yield return new ValidationResult("needs Mqtt:UpstreamCertificateFile", [nameof(UpstreamKeyFile)]);
        }
        else if (ReadTls() is { Error: { } unreadable } file)
        {
            yield return new ValidationResult(unreadable, [file.Key]);
        }
    }

    /// <summary>The certificates, or which file is wrong and why.</summary>
    internal (MqttTlsOptions? Tls, string Key, string? Error) ReadTls()
    {
        var key = nameof(UpstreamCaFile);
        try
        {
            MqttTlsOptions.FromFiles(UpstreamCaFile);
            key = nameof(UpstreamCertificateFile);
            return (MqttTlsOptions.FromFiles(UpstreamCaFile, UpstreamCertificateFile, UpstreamKeyFile), key, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            return (null, key, e.Message);
        }
    }
}
