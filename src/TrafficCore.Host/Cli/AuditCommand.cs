using System.CommandLine;
using TrafficCore.Host.Api;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore audit</c>: prints the ledger of a data directory that no service runs on, or proves its history.</summary>
internal static class AuditCommand
{
    public static Command Create(CliContext context)
    {
        var json = new Option<bool>("--json") { Description = "One line of JSON, as the API answers" };
        var verify = new Option<bool>("--verify") { Description = "Prove instead that no sealed segment was altered; exit code 1 when one was" };
        var head = new Option<string[]>("--head") { Description = "LOG=HEX, a head that --verify printed earlier: prove that this history continues it" };
        var command = new Command("audit", "Prints the ledger of Data:Directory; exit code 1 when something is unexplained") { json, verify, head };
        command.SetAction(parsed => parsed.GetValue(verify) || parsed.GetValue(head) is { Length: > 0 }
            ? Verify(context, parsed.GetValue(head) ?? [], parsed.GetValue(json))
            : Run(context, settings => PrintLedger(context, settings, parsed.GetValue(json))));
        return command;
    }

    private static int Verify(CliContext context, IReadOnlyList<string> texts, bool json) => AuditHistory.ReadHeads(context, texts) is { } heads
        ? Run(context, settings => AuditHistory.Run(context, settings, heads, json))
        : ExitCodes.Usage;

    private static int Run(CliContext context, Func<ServiceSettings, int> audit)
    {
        if (context.ReadSettings() is not { } settings)
        {
            return ExitCodes.Usage;
        }

        try
        {
            return audit(settings);
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

    private static int PrintLedger(CliContext context, ServiceSettings settings, bool json)
    {
        var ledger = LedgerEndpoints.Answer(LedgerAudit.Read(PipelineMapping.Options(settings), PhysicalFileSystem.Instance));
        context.Output.WriteLine(json ? ApiJson.Line(ledger) : Table(ledger));
        return ledger.Unexplained == 0 ? ExitCodes.Done : ExitCodes.Failed;
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
