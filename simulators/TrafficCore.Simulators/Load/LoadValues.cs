using TrafficCore.Simulators.Cli;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Simulators.Load;

/// <summary>Reads the values of <c>load</c>'s options that have a form of their own.</summary>
internal static class LoadValues
{
    /// <summary>Late readings are to be corrections, not rejections: a day less than the service's default of 7 days.</summary>
    private static readonly TimeSpan LatestBy = TimeSpan.FromDays(6);

    /// <summary><c>FROM:TIME</c>.</summary>
    /// <exception cref="UsageException">Not of that form.</exception>
    public static LoadRamp ParseRamp(string text)
    {
        var (from, time) = Split(text, "a ramp; write FROM:TIME, for example 100:30s");
        return new LoadRamp(SharedOptions.ParseWhole(from, 0, 10_000_000), SharedOptions.ParseTime(time));
    }

    /// <summary><c>N:TIME</c>.</summary>
    /// <exception cref="UsageException">Not of that form.</exception>
    public static LoadBurst ParseBurst(string text)
    {
        var (messages, every) = Split(text, "a burst; write N:TIME, for example 5000:10s");
        return new LoadBurst(SharedOptions.ParseWhole(messages, 1, 10_000_000), SharedOptions.ParseTime(every));
    }

    /// <summary><c>TIME</c> or <c>TIME:N</c>.</summary>
    /// <exception cref="UsageException">Not of that form.</exception>
    public static LoadStorm ParseStorm(string text)
    {
        var parts = text.Split(':');
        return parts.Length <= 2
            ? new LoadStorm(SharedOptions.ParseTime(parts[0]), parts.Length == 2 ? SharedOptions.ParseWhole(parts[1], 0, 1_000_000) : 0)
            : throw new UsageException($"'{text}' is not a storm; write TIME or TIME:N, for example 30s:50.");
    }

    /// <summary>An HTTP address.</summary>
    /// <exception cref="UsageException">Not one.</exception>
    public static Uri ParseHttp(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri!
            : throw new UsageException($"'{text}' is not an HTTP address; write http://host:port.");

    /// <summary>What is wrong with options that are right each for itself; null when nothing is.</summary>
    public static string? ProblemOf(LoadOptions options) =>
        options.VerifyWindows && options.Http is null ? "--verify-windows needs --http."
        : options.OwnDevicesOnly && options.Http is null ? "--ledger needs --http."
        : options.Mix.LateBy > LatestBy ? $"--late-by is at most {LatestBy.TotalDays:0} days."
        : !NetworkId.IsValid($"{options.Prefix}-0000") ? $"'{options.Prefix}' can't begin the name of an intersection: letters, digits, '.', '_' and '-' only."
        : new LoadLayout(options).Problem();

    private static (string First, string Second) Split(string text, string what) =>
        text.Split(':') is [var first, var second] ? (first, second) : throw new UsageException($"'{text}' is not {what}.");
}
