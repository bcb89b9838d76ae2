namespace TrafficCore.Simulators.Verify;

/// <summary>The pass sheet; <c>--json</c> prints it.</summary>
internal sealed record VerifyReport
{
    /// <summary>Whether every required check passed.</summary>
    public required bool Passed { get; init; }

    public required IReadOnlyList<SheetLine> Checks { get; init; }

    /// <summary>Client ids that were seen.</summary>
    public required IReadOnlyList<string> Clients { get; init; }

    /// <summary>Detectors, controllers and boards that were seen.</summary>
    public required IReadOnlyList<string> Devices { get; init; }

    public required int Connections { get; init; }

    public required int Messages { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Judges what was seen.</summary>
    public static VerifyReport Of(Evidence seen, VerifyOptions options, TimeSpan elapsed)
    {
        var scope = CheckScope.Connection | options.Devices
            | (seen.Messages.Any(static m => m.IsTelemetry && m.Kind is "detector" or "detectors") ? CheckScope.Detector : CheckScope.None)
            | (seen.Messages.Any(static m => m is { Kind: "controller", Leaf: "events" }) ? CheckScope.Controller : CheckScope.None)
            | (seen.Boards.Count > 0 ? CheckScope.Board : CheckScope.None);
        List<SheetLine> lines = [.. options.Checks.Select(check => Judge(check, seen, scope)).OfType<SheetLine>()];
        return new VerifyReport
        {
            Passed = lines.All(static l => l.Result == CheckOutcome.Pass || !l.Required) && lines.Any(static l => l.Result == CheckOutcome.Pass),
            Checks = lines,
            Clients = [.. seen.Connects.Select(static c => c.Facts.ClientId).Distinct(StringComparer.Ordinal)],
            Devices =
            [
                .. seen.Readings.Select(static r => $"detector {r.Detector}").Concat(seen.Batches.Select(static b => $"controller {b.Controller}"))
                    .Concat(seen.Boards.Select(static b => $"board {b}")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
            ],
            Connections = seen.Connects.Count(),
            Messages = seen.Messages.Count,
            Seconds = Math.Round(elapsed.TotalSeconds, 1),
        };
    }

    /// <summary>A line of the sheet; null when the check is for a kind of device that is not there.</summary>
    private static SheetLine? Judge(Check check, Evidence seen, CheckScope scope)
    {
        if ((check.Scope & scope) == 0)
        {
            return null;
        }

        var result = check.NeedsOwnServer && !seen.IsOwnServer ? CheckResult.Excused("only the bench's own server can see this") : check.Judge(seen);
        return new SheetLine(check.Name, result.Outcome, !result.IsExcused, result.Reason, check.Clause);
    }
}

/// <summary>One check of the sheet.</summary>
/// <param name="Name">The check.</param>
/// <param name="Result">Its outcome.</param>
/// <param name="Required">Whether the device fails without it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Clause">Where it is demanded.</param>
internal sealed record SheetLine(string Name, CheckOutcome Result, bool Required, string Reason, string Clause);
