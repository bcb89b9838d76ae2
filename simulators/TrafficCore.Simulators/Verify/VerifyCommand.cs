using System.CommandLine;
using System.Net;
using Spectre.Console;
using TrafficCore.Simulators.Cli;

namespace TrafficCore.Simulators.Verify;

/// <summary><c>verify-device</c>.</summary>
internal sealed class VerifyCommand
{
    private static readonly VerifyOptions Defaults = new();

    private readonly Option<int> _port = SharedOptions.Whole("--port", "Port that devices connect to, 0 for any", Defaults.Listen.Port, 0, 65_535);
    private readonly Option<IPAddress> _address = new("--address")
    {
        Description = "Address to listen at, 0.0.0.0 for all",
        CustomParser = SharedOptions.Parsed(static text => IPAddress.TryParse(text, out var address) ? address : throw new UsageException($"'{text}' is not an address.")),
        DefaultValueFactory = static _ => Defaults.Listen.Address,
    };

    private readonly Option<string?> _certificate = new("--tls-cert") { Description = "Speak TLS with this certificate, PEM; devices must then encrypt", HelpName = "file" };
    private readonly Option<string?> _key = new("--tls-key") { Description = "Its private key, PEM [default: it lies in that file]", HelpName = "file" };
    private readonly BrokerArguments _broker = new(new Option<BrokerAddress>("--broker")
    {
        Description = "Do not be the server: watch what devices publish through this broker. Connections can't be judged then",
        CustomParser = SharedOptions.Parsed(BrokerAddress.Parse),
        HelpName = "url",
    });

    private readonly Option<string> _filter = new("--filter") { Description = "Whose messages to watch on a broker", DefaultValueFactory = static _ => Defaults.Filter };
    private readonly TextOption<TimeSpan> _wait = SharedOptions.Time("--wait", "How long to wait for a device", Defaults.Wait);
    private readonly TextOption<TimeSpan> _duration = SharedOptions.Time("--duration", "How long to watch undisturbed: four of the device's intervals at least", Defaults.Duration);
    private readonly Option<TimeSpan?> _outage = new("--outage")
    {
        Description = "How long to let nobody in [default: three of the device's intervals, 5s to 10m]",
        CustomParser = SharedOptions.Parsed<TimeSpan?>(static text => SharedOptions.ParseTime(text)),
        HelpName = "time",
    };

    private readonly TextOption<TimeSpan> _patience = SharedOptions.Time("--patience", "How long a device may take to come back", Defaults.Patience);
    private readonly Option<string[]> _devices = new("--device") { Description = "A kind of device that must be there; others are found by themselves. May be given several times" };
    private readonly Option<string?> _checks = new("--checks") { Description = "Only these checks, separated by commas: " + string.Join(", ", CheckCatalog.All.Select(static c => c.Name)) };
    private readonly Option<bool> _json = SharedOptions.Json();

    /// <summary>Builds the command.</summary>
    public static Command Create(TextWriter output)
    {
        var arguments = new VerifyCommand();
        arguments._devices.AcceptOnlyFromAmong("detector", "controller", "board");
        var command = new Command("verify-device", "A test bench for devices: lets one connect, watches and disturbs it, and says whether it keeps the contract.")
        {
            arguments._port, arguments._address, arguments._certificate, arguments._key, arguments._filter, arguments._wait, arguments._duration,
            arguments._outage, arguments._patience, arguments._devices, arguments._checks, arguments._json,
        };
        foreach (var option in arguments._broker.Options)
        {
            command.Options.Add(option);
        }

        command.SetAction((parsed, cancellation) => RunAsync(arguments.Read(parsed), parsed.GetValue(arguments._json), output, cancellation));
        return command;
    }

    private VerifyOptions Read(ParseResult parsed)
    {
        var certificate = parsed.GetValue(_certificate);
        return certificate is null && parsed.GetValue(_key) is not null ? throw new UsageException("--tls-key needs --tls-cert.")
            : new VerifyOptions
            {
                Listen = new IPEndPoint(parsed.GetRequiredValue(_address), parsed.GetValue(_port)),
                Broker = _broker.ReadAny(parsed),
                Filter = parsed.GetRequiredValue(_filter),
                CertificateFile = certificate,
                KeyFile = parsed.GetValue(_key),
                Wait = _wait.Of(parsed),
                Duration = _duration.Of(parsed),
                Outage = parsed.GetValue(_outage),
                Patience = _patience.Of(parsed),
                Devices = (parsed.GetValue(_devices) ?? []).Aggregate(CheckScope.None, static (all, kind) => all | Enum.Parse<CheckScope>(kind, ignoreCase: true)),
                Checks = ChecksIn(parsed.GetValue(_checks), isTls: certificate is not null),
            };
    }

    private static IReadOnlyList<Check> ChecksIn(string? names, bool isTls)
    {
        IReadOnlyList<Check> known = isTls ? [.. CheckCatalog.All, CheckCatalog.Tls] : CheckCatalog.All;
        return names is null
            ? known
            : [.. names.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(name => known.FirstOrDefault(c => c.Name == name) ?? throw new UsageException($"'{name}' is not a check."))];
    }

    private static async Task<int> RunAsync(VerifyOptions options, bool json, TextWriter output, CancellationToken cancellation)
    {
        VerifyReport report;
        using (var progress = new ConsoleProgress(TimeProvider.System))
        {
            report = await new VerifyRunner(options, TimeProvider.System, progress).RunAsync(
                async port => await output.WriteLineAsync($"listening mqtt={options.Listen.Address}:{port}"), cancellation);
        }

        if (json)
        {
            await output.WriteLineAsync(JsonLine.Of(report));
        }
        else if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        {
            AnsiConsole.Write(PassSheet.ToTable(report));
        }
        else
        {
            await output.WriteLineAsync(string.Join(Environment.NewLine, PassSheet.ToLines(report)));
        }

        return report.Passed ? ExitCode.Done : ExitCode.Lost;
    }
}
