using System.CommandLine;
using System.Security.Cryptography;
using TrafficCore.Mqtt.Client;

namespace TrafficCore.Simulators.Cli;

/// <summary><c>--broker</c> and how its certificate is checked.</summary>
internal sealed class BrokerArguments
{
    private readonly Option<BrokerAddress> _broker;
    private readonly Option<string?> _authorities = File("--cafile", "Certificate authorities that may have signed the broker's certificate, PEM");
    private readonly Option<string?> _certificate = File("--cert", "The client's own certificate, PEM");
    private readonly Option<string?> _key = File("--key", "The private key of --cert, PEM [default: it lies in that file]");
    private readonly Option<bool> _insecure = new("--insecure") { Description = "Do not check the broker's certificate: for a test bench only" };

    /// <param name="broker">What takes the place of the usual <c>--broker</c>; null for that.</param>
    public BrokerArguments(Option<BrokerAddress>? broker = null) => _broker = broker ?? SharedOptions.Broker();

    /// <summary>The options, for a command.</summary>
    public IEnumerable<Option> Options => [_broker, _authorities, _certificate, _key, _insecure];

    /// <summary>The broker that a command line names.</summary>
    /// <exception cref="UsageException">A file can't be used, or TLS options stand beside an address without TLS.</exception>
    public BrokerAddress Read(ParseResult parsed) => ReadAny(parsed)!;

    /// <summary>The same, null where it names none and the option has no default.</summary>
    /// <exception cref="UsageException">A file can't be used, or TLS options stand beside an address without TLS.</exception>
    public BrokerAddress? ReadAny(ParseResult parsed)
    {
        var broker = parsed.GetValue(_broker);
        var (authorities, certificate, key) = (parsed.GetValue(_authorities), parsed.GetValue(_certificate), parsed.GetValue(_key));
        var insecure = parsed.GetValue(_insecure);
        if (broker is not { IsTls: true })
        {
            return (authorities ?? certificate ?? key) is null && !insecure
                ? broker
                : throw new UsageException("--cafile, --cert, --key and --insecure are for a broker address that begins with mqtts:// or wss://.");
        }

        if (key is not null && certificate is null)
        {
            throw new UsageException("--key needs --cert.");
        }

        try
        {
            return broker with { Tls = MqttTlsOptions.FromFiles(authorities ?? "", certificate ?? "", key ?? "") with { AcceptAnyCertificate = insecure } };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new UsageException($"The certificates can't be used: {e.Message}", e);
        }
    }

    private static Option<string?> File(string name, string description) => new(name) { Description = description, HelpName = "file" };
}
