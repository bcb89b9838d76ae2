using System.CommandLine;
using System.Globalization;

namespace TrafficCore.LoadBench;

/// <summary>What is measured.</summary>
internal enum BenchMode
{
    /// <summary>The profiles, and mosquitto in turn.</summary>
    Load,

    /// <summary>Memory of idle connections.</summary>
    Idle,

    /// <summary>Acknowledgements beside readers, databases and their files.</summary>
    Neighbours,

    /// <summary>Cost as the city, its connections and the shards grow.</summary>
    Growth,

    /// <summary>Memory and sums over a long time.</summary>
    Soak,

    /// <summary>How soon windows and live changes are shown.</summary>
    Publication,

    /// <summary>Where the processor time goes.</summary>
    Profile,
}

/// <summary>The options of the command line, and how they become <see cref="BenchOptions"/>.</summary>
internal sealed class LoadBenchArguments
{
    private readonly Option<string> _mqblast = new("--mqblast") { Description = "Source of the load generator, compiled with gcc", Required = true, HelpName = "mqblast.c" };
    private readonly Option<string?> _service = new("--service") { Description = "The service's program or .dll [default: built from this checkout]" };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds; results are medians", DefaultValueFactory = static _ => 3 };
    private readonly Option<string[]> _profiles = new("--profiles") { Description = "Profiles to run [default: all]", AllowMultipleArgumentsPerToken = true };
    private readonly Option<bool> _noReference = new("--no-reference") { Description = "Do not measure mosquitto" };
    private readonly Option<bool> _noWindows = new("--no-windows") { Description = "Do not wait for the windows to check their volumes" };
    private readonly Option<string?> _json = new("--json") { Description = "Write all results to this file" };
    private readonly Option<bool> _gate = new("--gate") { Description = "Run the profiles of benchmarks/ratchet.json only and fail when below it" };
    private readonly Option<string?> _data = new("--data") { Description = "Directory for the service's data: the disk that is measured" };
    private readonly Option<double> _scale = new("--scale") { Description = "Share of a full run's messages, for trying out growth, publication, neighbours and profile", DefaultValueFactory = static _ => 1.0 };
    private readonly Option<int?> _rate = new("--rate") { Description = "Messages per second of --soak [default: half of what is measured saturated]" };
    private readonly Option<int?> _idle = new("--idle") { Description = "Measure the resident memory of so many idle connections instead", HelpName = "connections" };
    private readonly Option<bool> _neighbours = new("--neighbours") { Description = "Measure whether readers, a database that hangs or work on its files delay acknowledgements instead" };
    private readonly Option<bool> _growth = new("--growth") { Description = "Measure what a reading costs as city, connections and shards grow instead" };
    private readonly Option<TimeSpan?> _soak = new("--soak")
    {
        Description = "Watch memory, threads and handles for so long instead, such as 10m [default: 30m]",
        HelpName = "duration",
        Arity = ArgumentArity.ZeroOrOne,
        CustomParser = static argument => ParseDuration(argument),
    };

    private readonly Option<bool> _publication = new("--publication") { Description = "Measure how soon windows and live changes are shown instead" };
    private readonly Option<bool> _profile = new("--profile") { Description = "Tell where the processor time goes instead; needs perf for more than threads" };

    public LoadBenchArguments()
    {
        _profiles.AcceptOnlyFromAmong([.. LoadProfile.All.Select(static p => p.Name)]);
        _scale.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 1))
            {
                result.AddError("--scale is above 0 and at most 1.");
            }
        });
    }

    /// <summary>The options, for the command.</summary>
    public IEnumerable<Option> Options =>
        [_mqblast, _service, _rounds, _profiles, _noReference, _noWindows, _json, _gate, _data, _scale, _rate, _idle, _neighbours, _growth, _soak, _publication, _profile];

    /// <summary>What to measure; the first that was named.</summary>
    public BenchMode ReadMode(ParseResult parsed) =>
        parsed.GetValue(_idle) is not null ? BenchMode.Idle
        : parsed.GetValue(_neighbours) ? BenchMode.Neighbours
        : parsed.GetValue(_growth) ? BenchMode.Growth
        : parsed.GetResult(_soak) is not null ? BenchMode.Soak
        : parsed.GetValue(_publication) ? BenchMode.Publication
        : parsed.GetValue(_profile) ? BenchMode.Profile
        : BenchMode.Load;

    /// <summary>What a command line says.</summary>
    public BenchOptions Read(ParseResult parsed)
    {
        var gated = parsed.GetValue(_gate);
        var named = parsed.GetValue(_profiles) ?? [];
        return new BenchOptions
        {
            MqblastSource = parsed.GetRequiredValue(_mqblast),
            Service = parsed.GetValue(_service),
            Rounds = Math.Max(1, parsed.GetValue(_rounds)),
            Profiles = [.. LoadProfile.All.Where(p => gated ? Ratchet.ReadAll().Any(r => r.Profile == p.Name) : named.Length == 0 || named.Contains(p.Name))],
            Reference = !gated && !parsed.GetValue(_noReference),
            CheckWindows = !parsed.GetValue(_noWindows),
            Json = parsed.GetValue(_json),
            Gate = gated,
            DataRoot = parsed.GetValue(_data),
            Scale = parsed.GetValue(_scale),
            Rate = parsed.GetValue(_rate),
            IdleConnections = parsed.GetValue(_idle) ?? 0,
            Soak = parsed.GetValue(_soak) ?? BenchOptions.UsualSoak,
        };
    }

    /// <summary>A number and its unit: s, m or h.</summary>
    private static TimeSpan? ParseDuration(System.CommandLine.Parsing.ArgumentResult argument)
    {
        if (argument.Tokens is [])
        {
            return BenchOptions.UsualSoak;
        }

        var text = argument.Tokens[0].Value;
        if (text.Length > 1 && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            switch (text[^1])
            {
                case 's': return TimeSpan.FromSeconds(number);
                case 'm': return TimeSpan.FromMinutes(number);
                case 'h': return TimeSpan.FromHours(number);
                default: break;
            }
        }

        argument.AddError($"'{text}' is not a duration such as 90s, 30m or 2h.");
        return null;
    }
}
