using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace TrafficCore.Simulators.Cli;

/// <summary>Options that several commands take, so that they read and mean the same everywhere.</summary>
internal static class SharedOptions
{
    /// <summary><c>--broker</c>.</summary>
    public static Option<BrokerAddress> Broker() => new("--broker")
    {
        Description = "Broker to send to, mqtt://[user:password@]host:port, also mqtts, ws or wss",
        CustomParser = Parsed(BrokerAddress.Parse),
        DefaultValueFactory = static _ => BrokerAddress.Local,
        HelpName = "url",
    };

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json")
    {
        Description = "Print the result as one JSON line, last on standard output.",
    };

    /// <summary>An option that takes a whole number in a range.</summary>
    public static Option<int> Whole(string name, string description, int value, int low, int high) => new(name)
    {
        Description = description,
        CustomParser = Parsed(text => ParseWhole(text, low, high)),
        DefaultValueFactory = _ => value,
        HelpName = "N",
    };

    /// <summary>An option that takes a time and has no default.</summary>
    public static Option<TimeSpan?> MaybeTime(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = Parsed<TimeSpan?>(static text => ParseTime(text)),
        HelpName = "time",
    };

    /// <summary>An option that takes one of a few words; the first is the default.</summary>
    public static TextOption<T> Choice<T>(string name, string description, (string Word, T Value)[] choices) => new(
        name,
        description,
        choices[0].Word,
        text => Array.FindIndex(choices, c => c.Word == text) is >= 0 and var index
            ? choices[index].Value
            : throw new UsageException($"'{text}' is not {string.Join(" or ", choices.Select(static c => c.Word))}."),
        string.Join('|', choices.Select(static c => c.Word)));

    /// <summary>An option that takes a time such as <c>10s</c>.</summary>
    public static TextOption<TimeSpan> Time(string name, string description, TimeSpan value) => new(name, description, Text(value), ParseTime, "time");

    /// <summary>An option parser that turns a <see cref="UsageException"/> into an error of the command line.</summary>
    public static Func<ArgumentResult, T?> Parsed<T>(Func<string, T> parse) => result => Parse(result, tokens => parse(tokens[0].Value));

    /// <summary>The same for an option that may be given several times.</summary>
    public static Func<ArgumentResult, T[]?> ParsedEach<T>(Func<string, T> parse) =>
        result => Parse<T[]>(result, tokens => [.. tokens.Select(token => parse(token.Value))]);

    /// <summary>A whole number in a range.</summary>
    public static int ParseWhole(string text, int low, int high) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= low && value <= high
            ? value
            : throw new UsageException($"'{text}' is not a whole number from {low} to {high}.");

    /// <summary>An HTTP address; it ends with a slash, so that paths can be appended.</summary>
    public static Uri ParseHttp(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            ? uri!
            : throw new UsageException($"'{text}' is not an HTTP address; write http://host:port.");

    /// <summary>A time such as <c>500ms</c>, <c>10s</c>, <c>15m</c> or <c>1h</c>; a bare number is seconds.</summary>
    public static TimeSpan ParseTime(string text)
    {
        (string Suffix, double Seconds)[] units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];
        var unit = Array.Find(units, u => text.EndsWith(u.Suffix, StringComparison.Ordinal));
        var number = text.AsSpan(0, text.Length - unit.Suffix.Length);
        return double.TryParse(number, CultureInfo.InvariantCulture, out var value) && value > 0 && value < 1e8
            ? TimeSpan.FromSeconds(value * unit.Seconds)
            : throw new UsageException($"'{text}' is not a time; write for example 500ms, 10s, 15m or 1h.");
    }

    /// <summary>A time as one would write it: in the largest unit in which it is a whole number.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { Ticks: > TimeSpan.TicksPerHour - 1 } when time.Ticks % TimeSpan.TicksPerHour == 0 => FormattableString.Invariant($"{time.TotalHours}h"),
        { Ticks: > TimeSpan.TicksPerMinute - 1 } when time.Ticks % TimeSpan.TicksPerMinute == 0 => FormattableString.Invariant($"{time.TotalMinutes}m"),
        { Ticks: > TimeSpan.TicksPerSecond - 1 } => FormattableString.Invariant($"{time.TotalSeconds}s"),
        _ => FormattableString.Invariant($"{time.TotalMilliseconds}ms"),
    };

    private static T? Parse<T>(ArgumentResult result, Func<IReadOnlyList<Token>, T> parse)
    {
        try
        {
            return parse(result.Tokens);
        }
        catch (UsageException e)
        {
            result.AddError(e.Message);
            return default;
        }
    }
}
