using System.CommandLine;
using System.Text.Json;
using TrafficCore.Host.Api;
using TrafficCore.Host.Composition;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore audit</c>: prints the ledger of a data directory that no service runs on.</summary>
internal static class AuditCommand
{
    public static Command Create(CliContext context)
    {
        var json = new Option<bool>("--json") { Description = "One line of JSON, as the API answers" };
        var command = new Command("audit", "Prints the ledger of Data:Directory; exit code 1 when something is unexplained") { json };
        command.SetAction(parsed => Run(context, parsed.GetValue(json)));
        return command;
    }

    private static int Run(CliContext context, bool json)
    {
        if (context.ReadSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        try
        {
            var ledger = LedgerEndpoints.Answer(LedgerAudit.Read(PipelineMapping.Options(settings), PhysicalFileSystem.Instance));
            context.Output.WriteLine(json ? Json(ledger) : Table(ledger));
            return ledger.Unexplained == 0 ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (DirectoryNotFoundException error)
        {
            context.Error.WriteLine($"Data:Directory: {error.Message}");
            return ExitCodes.Usage;
        }
        catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            context.Error.WriteLine($"trafficcore: {error.Message}");
            return ExitCodes.Failed;
        }
    }

    private static string Json(LedgerAnswer ledger)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ApiJson.Configure(options);
        return JsonSerializer.Serialize(ledger, options);
    }

    private static string Table(LedgerAnswer ledger)
    {
        List<(string Name, long Count)> lines =
        [
            ("received", ledger.Received),
            ("stored", ledger.Stored),
            ("duplicate", ledger.Duplicate),
            ("late", ledger.Late),
            .. ledger.Rejected.Select(r => ($"rejected {r.Key}", r.Value)),
            ("corrupt", ledger.Corrupt),
            ("in flight", ledger.InFlight),
            ("unexplained", ledger.Unexplained),
            ("missing in seq", ledger.Sequence.Missing),
        ];
        var width = lines.Max(l => l.Name.Length);
        return string.Join(Environment.NewLine, lines.Select(l => FormattableString.Invariant($"{l.Name.PadRight(width)} {l.Count,15}")));
    }
}
