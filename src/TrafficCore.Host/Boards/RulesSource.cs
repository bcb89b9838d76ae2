using TrafficCore.Boards.Rules;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Boards;

/// <summary>Puts the rules of configuration and rules file in force: at start, and whenever the file changes and is valid.</summary>
/// <remarks>Ownership: started and disposed once by the boards' service; <see cref="Errors"/> may be read from any thread.</remarks>
internal sealed class RulesSource : IAsyncDisposable
{
    // Rules change some times a year; two looks that see the same file are soon enough.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ServiceSettings settings;
    private readonly Action<IReadOnlyList<BoardRule>> apply;
    private readonly ILogger logger;
    private readonly WatchedFile? file;
    private IReadOnlyList<ConfigurationError> errors = [];

    public RulesSource(ServiceSettings settings, TimeProvider time, Action<IReadOnlyList<BoardRule>> apply, ILogger<RulesSource> logger)
    {
        this.settings = settings;
        this.apply = apply;
        this.logger = logger;
        var path = settings.Boards.RulesFile;
        file = path.Length == 0 ? null : new WatchedFile(path, Interval, time, ReloadAsync);
    }

    /// <summary>What is wrong with the file as it is now; empty when it is in force.</summary>
    public IReadOnlyList<ConfigurationError> Errors => Volatile.Read(ref errors);

    /// <summary>Loads the file and begins to watch it. One that is wrong now leaves the rules of the configuration in force until it is mended.</summary>
    public void Start()
    {
        if (file is not null)
        {
            file.Look();
            Load();
            file.Watch();
        }
    }

    public ValueTask DisposeAsync() => file?.DisposeAsync() ?? ValueTask.CompletedTask;

    private Task ReloadAsync(CancellationToken cancellation)
    {
        Load();
        return Task.CompletedTask;
    }

    private void Load()
    {
        var path = settings.Boards.RulesFile;
        var (rules, wrong) = RulesFile.Read(path, settings);
        Volatile.Write(ref errors, wrong);
        if (wrong.Count == 0)
        {
            apply([.. settings.Boards.Rules, .. rules]);
            RulesLog.InForce(logger, path, rules.Count);
        }
        else
        {
            RulesLog.Refused(logger, path, wrong.Count);
            foreach (var error in wrong)
            {
                RulesLog.Error(logger, path, error.Key, error.Message);
            }
        }
    }
}
