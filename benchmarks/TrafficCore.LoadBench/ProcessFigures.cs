using System.Globalization;

namespace TrafficCore.LoadBench;

/// <summary>What Linux knows of a process.</summary>
/// <param name="CpuSeconds">Processor time of all its threads since its start, in steps of 10 ms.</param>
/// <param name="ResidentBytes">Resident memory.</param>
/// <param name="PeakBytes">The most that it has been.</param>
/// <param name="Threads">Threads.</param>
/// <param name="Handles">Open file descriptors.</param>
internal sealed record ProcessFigures(double CpuSeconds, long ResidentBytes, long PeakBytes, int Threads, int Handles)
{
    // Linux tells processor time to programs in hundredths of a second on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>Reads them of a running process.</summary>
    public static ProcessFigures Read(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var status = File.ReadAllText(Path.Combine(folder, "status"));
        return new ProcessFigures(
            ParseCpu(File.ReadAllText(Path.Combine(folder, "stat"))),
            ParseField(status, "VmRSS") * 1024,
            ParseField(status, "VmHWM") * 1024,
            (int)ParseField(status, "Threads"),
            Directory.EnumerateFileSystemEntries(Path.Combine(folder, "fd")).Count());
    }

    /// <summary>Processor seconds of a <c>stat</c> file, of a process or one of its threads: fields 14 and 15, counted behind the name, which may hold anything.</summary>
    public static double ParseCpu(string stat)
    {
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Number of one line of a <c>status</c> file.</summary>
    public static long ParseField(string status, string name)
    {
        foreach (var line in status.AsSpan().EnumerateLines())
        {
            if (line.StartsWith(name, StringComparison.Ordinal) && line[name.Length..] is [':', .. var value])
            {
                value = value.Trim();
                var unit = value.IndexOf(' ');
                return long.Parse(unit < 0 ? value : value[..unit], CultureInfo.InvariantCulture);
            }
        }

        throw new BenchException($"the system tells no {name} of the process");
    }
}
