using TrafficCore.Host.Configuration;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Ingress;

/// <summary>What became of a look at the network file.</summary>
internal enum NetworkLoad
{
    /// <summary>A new version is in the log and in force.</summary>
    Changed,

    /// <summary>The file holds what is in force already.</summary>
    Unchanged,

    /// <summary>The file is missing, unreadable or wrong; the version before stays.</summary>
    Refused,
}

/// <summary>
/// Puts the road network file into the log: at start, and whenever it changes.
/// </summary>
/// <remarks>
/// Ownership: <see cref="LoadAsync(CancellationToken)"/> before <see cref="Watch"/>; from then on one loop loads. The state properties may be read
/// from any thread.
/// </remarks>
internal sealed class NetworkSource : IAsyncDisposable
{
    private static readonly byte[] NoNetwork = "{\"intersections\":[]}"u8.ToArray();

    private readonly DeviceRegistry _registry;
    private readonly IInputLog _log;
    private readonly ServiceClock _clock;
    private readonly Func<string, bool>? _isTimeZone;
    private readonly ILogger _logger;
    private readonly string _path;
    private readonly WatchedFile _file;
    private IReadOnlyList<NetworkError> _errors = [];

    public NetworkSource(
        string path,
        DeviceRegistry registry,
        IInputLog log,
        ServiceClock clock,
        TimeProvider time,
        IngressOptions options,
        ILogger<NetworkSource> logger,
        Func<string, bool>? isTimeZone = null)
    {
        _path = path;
        _registry = registry;
        _log = log;
        _clock = clock;
        _file = new WatchedFile(path, options.WatchInterval, time, LoadAsync);
        _logger = logger;
        _isTimeZone = isTimeZone;
    }

    /// <summary>What is wrong with the file as it is now; empty when it is in force.</summary>
    public IReadOnlyList<NetworkError> Errors => Volatile.Read(ref _errors);

    /// <summary>Loads the file; without one, takes an earlier file's network out of force.</summary>
    public async Task<NetworkLoad> LoadAsync(CancellationToken cancel)
    {
        if (_path.Length == 0)
        {
            return await ClearAsync(cancel);
        }

        _file.Look();
        byte[] json;
        try
        {
            json = await File.ReadAllBytesAsync(_path, cancel);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            IngressLog.NetworkUnreadable(_logger, e, _path);
            Volatile.Write(ref _errors, [new NetworkError("$", e.Message)]);
            return NetworkLoad.Refused;
        }

        return await LoadAsync(json, cancel);
    }

    /// <summary>Reads a network file, and whether the log can hold it.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="isTimeZone">Whether a time zone is known; null: only its form is checked.</param>
    /// <param name="file">The file, unless it is wrong.</param>
    internal static NetworkParseResult Parse(byte[] json, Func<string, bool>? isTimeZone, out NetworkFile? file)
    {
        file = null;
        if (json.Length > DeviceRegistry.MaxNetworkFile)
        {
            return Refused($"longer than {DeviceRegistry.MaxNetworkFile} bytes");
        }

        NetworkParseResult result = RoadNetworkParser.Parse(json, isTimeZone);
        if (result.Network is not { } network)
        {
            return result;
        }

        var read = NetworkFile.Of(json, network);
        file = read.FitsIntoRecord ? read : null;
        return file is null ? Refused("more than one record of the log can hold, packed and with a number for each device") : result;
    }

    /// <summary>Starts looking for changes.</summary>
    public void Watch()
    {
        if (_path.Length > 0)
        {
            _file.Watch();
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private async Task<NetworkLoad> LoadAsync(byte[] json, CancellationToken cancel)
    {
        if (_registry.IsInForce(json))
        {
            // It was found good when it was put in force, here or in an earlier process; a city's takes seconds to read again.
            Volatile.Write(ref _errors, []);
            IngressLog.NetworkUnchanged(_logger, _path, _registry.NetworkVersion);
            return NetworkLoad.Unchanged;
        }

        NetworkParseResult result = Parse(json, _isTimeZone, out NetworkFile? file);
        Volatile.Write(ref _errors, result.Errors);
        foreach (NetworkError warning in result.Warnings)
        {
            IngressLog.NetworkWarning(_logger, _path, warning.Path, warning.Message);
        }

        if (file?.Network is not { } network)
        {
            IngressLog.NetworkRefused(_logger, _path, result.Errors.Count);
            foreach (NetworkError error in result.Errors)
            {
                IngressLog.NetworkError(_logger, _path, error.Path, error.Message);
            }

            return NetworkLoad.Refused;
        }

        await AppendAsync(file, cancel);
        IngressLog.NetworkInForce(
            _logger, _registry.NetworkVersion, _path, network.Intersections.Count, network.Intersections.Sum(i => i.Detectors.Count));
        return NetworkLoad.Changed;
    }

    private static NetworkParseResult Refused(string message) => new(null, [new NetworkError("$", message)], []);

    private async Task<NetworkLoad> ClearAsync(CancellationToken cancel)
    {
        if (_registry.Network.Intersections.Count == 0)
        {
            return NetworkLoad.Unchanged;
        }

        await AppendAsync(NetworkFile.Of(NoNetwork, RoadNetwork.Empty), cancel);
        IngressLog.NetworkCleared(_logger, _registry.NetworkVersion);
        return NetworkLoad.Changed;
    }

    private async Task AppendAsync(NetworkFile file, CancellationToken cancel)
    {
        while (!_registry.TryAppendNetwork(_log, _clock, file, out _))
        {
            await _log.WaitForRoomAsync(cancel);
        }
    }
}
