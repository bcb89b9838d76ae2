using System.Globalization;

namespace TrafficCore.LoadBench.Profile;

/// <summary>Where the processor time of a message goes, saturated and at a device's pace: by part of the service from sampled stacks, where <c>perf</c> is there, and by thread.</summary>
internal sealed class ProfileBench(BenchOptions options, TextWriter output)
{
    /// <summary>Samples per second and processor; a prime, so that no rhythm of the service agrees with it.</summary>
    private const string Frequency = "997";

    /// <summary>Long enough for some thousand samples each.</summary>
    private static readonly LoadProfile[] Loads =
    [
        LoadProfile.Named("qos1-saturated") with { Messages = 4_000_000 },
        LoadProfile.Named("device-5k") with { Messages = 100_000 },
    ];

    private static readonly TimeSpan PerfLimit = TimeSpan.FromMinutes(3);

    /// <summary>Measures; shares of all loads, most first in each.</summary>
    /// <exception cref="BenchException">Something did not start, or was lost.</exception>
    public async Task<IReadOnlyList<ProfileShare>> RunAsync()
    {
        using var site = await BenchSite.OpenAsync(options, output);

        // The runtime then tells perf which address is which method, and has its code where perf looks for it.
        await using var service = await ServiceUnderTest.StartAsync(["DOTNET_PerfMapEnabled=1", "DOTNET_EnableWriteXorExecute=0"], site.Program, Path.Combine(site.Folder, "data"));
        var shares = new List<ProfileShare>();
        await site.SendAsync(service, LoadProfile.WarmUp, "warm");
        foreach (var load in Loads.Select(options.Share))
        {
            await site.SendAsync(service, load with { Messages = Math.Max(load.Connections, load.Messages / 10) }, $"warm-{load.Name}");
            shares.AddRange(await MeasureAsync(site, service, load));
        }

        return shares;
    }

    private async Task<IEnumerable<ProfileShare>> MeasureAsync(BenchSite site, ServiceUnderTest service, LoadProfile load)
    {
        var data = Path.Combine(site.Folder, load.Name + ".perf");
        var before = ThreadTimes.Read(service.ProcessId);
        var perf = TryRecord(service.ProcessId, data);
        var result = await site.SendAsync(service, load, load.Name);
        var threads = ThreadTimes.Between(before, ThreadTimes.Read(service.ProcessId));
        var all = threads.Sum(static t => t.Seconds);
        var cost = all * 1e6 / load.Messages;
        var shares = threads.Select(t => new ProfileShare(load.Name, "thread", t.Thread, t.Seconds / all, cost * t.Seconds / all)).ToList();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{load.Name}: {result.MessagesPerSecond:0}/s, {cost:0.00} CPU-s/M until the ledger balanced"));
        if (perf is not null)
        {
            // SIGTERM has perf write what it has.
            await perf.DisposeAsync();
            var parts = await ReadAsync(data);
            shares.AddRange(parts.Select(p => new ProfileShare(load.Name, "part", p.Part, p.Share, cost * p.Share)));
        }

        return shares;
    }

    private OwnedProcess? TryRecord(int process, string data)
    {
        try
        {
            return OwnedProcess.Start("perf", "record", "-e", "cpu-clock", "-F", Frequency, "-g", "-p", process.ToString(CultureInfo.InvariantCulture), "-o", data);
        }
        catch (BenchException)
        {
            output.WriteLine("perf is not there (Debian: linux-perf): threads only");
            return null;
        }
    }

    private async Task<IReadOnlyList<(string Part, double Share)>> ReadAsync(string data)
    {
        // Its warnings go to standard error, which would come between the samples: they are left to the shell.
        var (exit, lines) = await OwnedProcess.TryRunAsync("sh", ["-c", $"exec perf script -i '{data}' -F comm,ip,sym,dso 2>/dev/null"], PerfLimit);
        var samples = PerfScript.Parse(lines).ToArray();
        if (exit != 0 || samples.Length == 0)
        {
            await output.WriteLineAsync("perf may not sample here: threads only");
            return [];
        }

        return [.. samples.CountBy(static s => ProfilePart.Of(s.Thread, s.Frames)).OrderByDescending(static p => p.Value).Select(p => (p.Key, (double)p.Value / samples.Length))];
    }
}

/// <summary>A share of the processor time of a load.</summary>
/// <param name="Load">Name of the load.</param>
/// <param name="By"><c>part</c> or <c>thread</c>.</param>
/// <param name="Name">Name of the part or of the threads.</param>
/// <param name="Share">Share, 0 to 1.</param>
/// <param name="CpuPerMillion">Processor seconds for a million messages.</param>
internal sealed record ProfileShare(string Load, string By, string Name, double Share, double CpuPerMillion);

/// <summary>Shares as the table of the documentation.</summary>
internal static class ProfileTable
{
    /// <summary>A table for parts and one for threads, a column for each load.</summary>
    public static IEnumerable<string> Markdown(IReadOnlyList<ProfileShare> all)
    {
        var loads = all.Select(static s => s.Load).Distinct().ToArray();
        foreach (var by in all.GroupBy(static s => s.By).OrderBy(static g => g.Key, StringComparer.Ordinal))
        {
            yield return "";
            yield return $"| {by.Key} | {string.Join(" | ", loads.Select(static load => $"`{load}`: CPU-s/M (share)"))} |";
            yield return $"|---|{string.Concat(loads.Select(static _ => "---|"))}";
            foreach (var row in by.GroupBy(static s => s.Name).OrderByDescending(static g => g.Sum(static s => s.Share)))
            {
                var cells = loads.Select(load => row.FirstOrDefault(s => s.Load == load) is { } share ? FormattableString.Invariant($"{share.CpuPerMillion:0.00} ({share.Share:0 %})") : "-");
                yield return $"| {row.Key} | {string.Join(" | ", cells)} |";
            }
        }
    }
}
