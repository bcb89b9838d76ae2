using TrafficCore.Host.Boards;
using TrafficCore.Host.Composition;
using TrafficCore.Host.Configuration;
using TrafficCore.Host.Ingress;
using TrafficCore.Host.Security.Access;
using TrafficCore.Host.Security.Accounts;
using TrafficCore.Host.Security.Certificates;
using TrafficCore.Traffic.Network;

namespace TrafficCore.Host.Cli;

/// <summary>Looks at what the configuration names on disk: the network file, the rules file, accounts and deny list, certificates, and the directories, which must not be files.</summary>
internal static class FileCheck
{
    private const string NetworkKey = "Network:File";

    /// <summary>Everything that is wrong, and what is merely worth a warning.</summary>
    public static (IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<ConfigurationError> Warnings) Read(ServiceSettings settings)
    {
        var (network, warnings) = ReadNetwork(settings.Network.File);
        List<ConfigurationError> directories = [];
        foreach (var (key, path) in new[] { ("Data:Directory", settings.Data.Directory), ("Sqlite:Directory", settings.Sqlite.Directory) })
        {
            if (FileInTheWay(path) is { } file)
            {
                directories.Add(new ConfigurationError(key, $"{file} is a file, not a directory"));
            }
        }

        return ([.. network, .. ReadRules(settings), .. ReadSecurity(settings), .. ReadTls(settings), .. directories], warnings);
    }

    private static (IReadOnlyList<ConfigurationError> Errors, IReadOnlyList<ConfigurationError> Warnings) ReadNetwork(string path)
    {
        if (path.Length == 0)
        {
            return ([], []);
        }

        byte[] content;
        try
        {
            content = File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return ([new ConfigurationError(NetworkKey, error.Message)], []);
        }

        var parsed = NetworkSource.Parse(content, Door.IsTimeZone, out _);
        return ([.. parsed.Errors.Select(e => Of(path, e))], [.. parsed.Warnings.Select(w => Of(path, w))]);
    }

    private static IEnumerable<ConfigurationError> ReadRules(ServiceSettings settings)
    {
        var path = settings.Boards.RulesFile;
        return path.Length == 0 ? [] : RulesFile.Read(path, settings).Errors.Select(e => new ConfigurationError($"Boards:RulesFile {path}", e.ToString()));
    }

    private static IEnumerable<ConfigurationError> ReadSecurity(ServiceSettings settings)
    {
        var (accounts, denied) = (settings.Security.AccountsFile, settings.Security.DenyFile);
        return
        [
            .. accounts.Length == 0 ? [] : AccountsFile.Read(accounts).Errors.Select(e => new ConfigurationError($"Security:AccountsFile {accounts}", e.ToString())),
            .. denied.Length == 0 ? [] : DenyList.Read(denied).Errors.Select(e => new ConfigurationError($"Security:DenyFile {denied}", e.ToString())),
        ];
    }

    private static IEnumerable<ConfigurationError> ReadTls(ServiceSettings settings)
    {
        if (settings.MqttTlsListen is null)
        {
            return [];
        }

        var (tls, wrong) = MqttTls.Read(settings.MqttTls);
        if (tls is null)
        {
            return [wrong!.Value];
        }

        var list = tls.RevocationFile;
        return list.Length == 0 ? [] : RevocationList.Read(list, tls.Authorities).Errors.Select(e => new ConfigurationError($"Mqtt:ClientCrlFile {list}", e.ToString()));
    }

    private static ConfigurationError Of(string path, NetworkError error) => new($"{NetworkKey} {path}", error.ToString());

    // Whether a directory that is not there yet can be made and written shows when the service runs.
    private static string? FileInTheWay(string path)
    {
        for (var part = path.Trim().Length == 0 ? null : Path.GetFullPath(path); part is not null; part = Path.GetDirectoryName(part))
        {
            if (File.Exists(part))
            {
                return part;
            }
        }

        return null;
    }
}
