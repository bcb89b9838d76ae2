using System.Globalization;
using TrafficCore.Host.Configuration;

namespace TrafficCore.Host.Composition;

/// <summary>
/// Compares how many files and sockets the system lets this process open with what its configuration promises to clients: a process that runs out can neither accept a connection nor open a
/// file of its own.
/// </summary>
internal static class DescriptorLimit
{
    /// <summary>
    /// What the service opens beside connections of clients: a quiet one has about 270 (assemblies, segments, databases, listeners), and day files and readers come and go.
    /// </summary>
    public const int OwnFiles = 512;

    // The runtime has raised the soft limit to the hard one by now.
    private const string LimitsFile = "/proc/self/limits";
    private const string Line = "Max open files";

    /// <summary>Descriptors that the configuration may come to need.</summary>
    public static long NeededBy(ServiceSettings settings) =>
        (settings.Upstream.Listen ? settings.Mqtt.MaxConnections : 0) + (long)settings.Http.MaxConnections + OwnFiles;

    /// <summary>The limit in the text of the system's file; null when there is none, or it says nothing of it.</summary>
    public static long? Parse(string limits)
    {
        var line = limits.Split('\n').FirstOrDefault(l => l.StartsWith(Line, StringComparison.Ordinal));
        var soft = line?[Line.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
        return long.TryParse(soft, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) ? limit : null;
    }

    /// <summary>Warns when the limit is less than what may be needed. Where the system has no such file nothing is said.</summary>
    public static void Check(ServiceSettings settings, ILogger logger)
    {
        if (!File.Exists(LimitsFile))
        {
            return;
        }

        var needed = NeededBy(settings);
        if (Parse(File.ReadAllText(LimitsFile)) is { } limit && limit < needed)
        {
            HostLog.FewDescriptors(logger, limit, needed, settings.Mqtt.MaxConnections, settings.Http.MaxConnections, OwnFiles);
        }
    }
}
