using System.Text.Json;
using TrafficCore.Host.Configuration;
using TrafficCore.Log;
using TrafficCore.Pipeline.Recovery;

namespace TrafficCore.Host.Cli;

/// <summary><c>trafficcore audit --verify</c>: proves that the sealed history of a data directory was not altered.</summary>
internal static class AuditHistory
{
    /// <summary>Exit code 0 when every sealed segment is as it was sealed, 1 when one is not or can't be read.</summary>
    public static int Run(CliContext context, ServiceSettings settings, IReadOnlyDictionary<string, byte[]> heads, bool json)
    {
        var reports = DataHistory.Verify(settings.Data.Directory, PhysicalFileSystem.Instance, heads);
        context.Output.WriteLine(json
            ? JsonSerializer.Serialize(reports.ToDictionary(static r => r.Log, static r => Answer(r.Report)), JsonSerializerOptions.Web)
            : string.Join(Environment.NewLine, reports.SelectMany(static r => Lines(r.Log, r.Report))));
        return reports.All(static r => r.Report.Problems.Count == 0) ? ExitCodes.Done : ExitCodes.Failed;
    }

    /// <summary>Reads <c>--head LOG=HEX</c> options; null, and the error printed, when one is none.</summary>
    public static IReadOnlyDictionary<string, byte[]>? ReadHeads(CliContext context, IReadOnlyList<string> texts)
    {
        const int HexDigits = 64;
        var heads = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var text in texts)
        {
            var parts = text.Split('=', 2);
            if (parts.Length != 2 || !DataHistory.Logs.Contains(parts[0]) || parts[1].Length != HexDigits || !parts[1].All(char.IsAsciiHexDigit))
            {
                context.Error.WriteLine($"--head: \"{text}\" is not one of {string.Join(", ", DataHistory.Logs)}, an equals sign and {HexDigits} hexadecimal digits");
                return null;
            }

            heads[parts[0]] = Convert.FromHexString(parts[1]);
        }

        return heads;
    }

    private static IEnumerable<string> Lines(string log, HistoryReport report)
    {
        yield return FormattableString.Invariant(
            $"{log}: {report.Verified} sealed segments, positions {report.AnchorPosition} to {report.SealedEnd}, head {report.Head}");
        foreach (var problem in report.Problems)
        {
            yield return FormattableString.Invariant($"{log}: {Name(problem.Kind)}: {problem.Subject}, positions {problem.From} to {problem.To}");
        }
    }

    private static object Answer(HistoryReport report) => new
    {
        report.AnchorPosition,
        report.Anchor,
        report.Verified,
        report.SealedEnd,
        report.Head,
        problems = report.Problems.Select(static p => new { kind = Name(p.Kind), p.Subject, p.From, p.To }),
    };

    // As the contract writes names: words with hyphens.
    private static string Name(HistoryProblemKind kind) => JsonNamingPolicy.KebabCaseLower.ConvertName(kind.ToString());
}
