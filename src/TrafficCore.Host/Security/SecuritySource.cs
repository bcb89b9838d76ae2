using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Certificates;

namespace TrafficCore.Host.Security;

/// <summary>Puts the accounts file, the deny list and the revocation list in force: at start, and whenever one of them changes and is valid. A wrong one leaves what was in force before.</summary>
/// <remarks>
/// Ownership: the files' loops and the start swap the snapshot under one lock; <see cref="Current"/> and <see cref="Errors"/> may be read from any thread.
/// <see cref="Changed"/> is called by the loop that made the change, after the new snapshot is in force.
/// </remarks>
internal sealed class SecuritySource : IAsyncDisposable
{
    // An account that is taken away is out two seconds later: two looks that see the same file.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly ILogger logger;
    private readonly List<(string Path, WatchedFile File, Action Load)> files = [];
    private readonly Dictionary<string, IReadOnlyList<ConfigurationError>> wrong = new(StringComparer.Ordinal);
    private SecuritySnapshot current = SecuritySnapshot.Empty;
    private IReadOnlyList<ConfigurationError> errors = [];

    public SecuritySource(SecurityOptions options, MqttTls? tls, TimeProvider time, ILogger<SecuritySource> logger)
    {
        this.logger = logger;
        Add(options.AccountsFile, AccountsFile.Read, (now, accounts) => now with { Accounts = accounts }, time);
        Add(options.DenyFile, DenyList.Read, (now, denied) => now with { Denied = denied }, time);
        if (tls is not null)
        {
            Add(tls.RevocationFile, path => RevocationList.Read(path, tls.Authorities), (now, revoked) => now with { Revoked = WarnOfAge(revoked, time) }, time);
        }
    }

    /// <summary>Told after every change.</summary>
    public event Action? Changed;

    /// <summary>What is in force.</summary>
    public SecuritySnapshot Current => Volatile.Read(ref current);

    /// <summary>What is wrong with the files as they are now; empty while they are in force.</summary>
    public IReadOnlyList<ConfigurationError> Errors => Volatile.Read(ref errors);

    /// <summary>Loads the files, before the first connection, and begins to watch them.</summary>
    public void Start()
    {
        foreach (var (_, file, load) in files)
        {
            file.Look();
            load();
            file.Watch();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, file, _) in files)
        {
            await file.DisposeAsync();
        }
    }

    private void Add<T>(
        string path, Func<string, (T Content, IReadOnlyList<ConfigurationError> Errors)> read, Func<SecuritySnapshot, T, SecuritySnapshot> put, TimeProvider time)
    {
        if (path.Length == 0)
        {
            return;
        }

        var file = new WatchedFile(path, Interval, time, _ =>
        {
            Load();
            return Task.CompletedTask;
        });
        files.Add((path, file, Load));
        void Load() => Apply(path, read(path), put);
    }

    private RevocationList WarnOfAge(RevocationList list, TimeProvider time)
    {
        if (list.NextUpdate is { } next && next < time.GetUtcNow())
        {
            SecurityLog.ListIsOld(logger, next); // kept in force: an authority that is late must not stop a city
        }

        return list;
    }

    private void Apply<T>(string path, (T Content, IReadOnlyList<ConfigurationError> Errors) found, Func<SecuritySnapshot, T, SecuritySnapshot> put)
    {
        lock (gate)
        {
            wrong[path] = [.. found.Errors.Select(e => new ConfigurationError($"{path}: {e.Key}", e.Message))];
            Volatile.Write(ref errors, [.. wrong.Values.SelectMany(e => e)]);
            if (found.Errors.Count == 0)
            {
                Volatile.Write(ref current, put(current, found.Content) with { Version = current.Version + 1 });
            }
        }

        if (found.Errors.Count == 0)
        {
            SecurityLog.InForce(logger, path);
            Changed?.Invoke();
            return;
        }

        SecurityLog.Refused(logger, path, found.Errors.Count);
        foreach (var error in found.Errors)
        {
            SecurityLog.Error(logger, path, error.Key, error.Message);
        }
    }
}
