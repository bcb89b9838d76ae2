using System.Globalization;

namespace TrafficCore.LoadBench.Profile;

/// <summary>Processor seconds of a process by the names of its threads: coarse, but available everywhere.</summary>
internal static class ThreadTimes
{
    /// <summary>Reads them of a running process; threads of one name are added up.</summary>
    public static IReadOnlyDictionary<string, double> Read(int process)
    {
        var times = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var thread in Directory.EnumerateDirectories(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/task")))
        {
            try
            {
                var name = File.ReadAllText(Path.Combine(thread, "comm")).Trim();
                times[name] = times.GetValueOrDefault(name) + ProcessFigures.ParseCpu(File.ReadAllText(Path.Combine(thread, "stat")));
            }
            catch (IOException)
            {
                // It ended between being listed and being read.
            }
        }

        return times;
    }

    /// <summary>Seconds that each name took between two readings, most first; what took nothing is left out.</summary>
    public static IReadOnlyList<(string Thread, double Seconds)> Between(IReadOnlyDictionary<string, double> before, IReadOnlyDictionary<string, double> after) =>
        [.. after.Select(t => (Thread: t.Key, Seconds: t.Value - before.GetValueOrDefault(t.Key))).Where(static t => t.Seconds > 0.005).OrderByDescending(static t => t.Seconds)];
}
