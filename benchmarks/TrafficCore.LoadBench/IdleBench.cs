using System.Globalization;

namespace TrafficCore.LoadBench;

/// <summary>What an idle connection costs in resident memory: a fresh process each round, of the service and, in turn, of mosquitto.</summary>
internal sealed class IdleBench(BenchOptions options, int connections, TextWriter output)
{
    /// <summary>Enough that the code that lets clients in is compiled before memory is compared.</summary>
    private const int WarmUpConnections = 500;

    /// <summary>Measures; bytes a connection by server, one for each round.</summary>
    /// <exception cref="BenchException">Something did not start, or connections failed.</exception>
    public async Task<IReadOnlyList<IdleMeasurement>> RunAsync()
    {
        using var site = await BenchSite.OpenAsync(options, output);
        var measurements = new List<IdleMeasurement>();
        for (var round = 1; round <= options.Rounds; round++)
        {
            await using (var service = await site.StartServiceAsync($"data{round}"))
            {
                measurements.Add(await MeasureAsync(site.Generator, "trafficcore", round, service.Port, service.ProcessId));
            }

            if (options.Reference)
            {
                await using var mosquitto = await MosquittoUnderTest.StartAsync(site.Folder);
                measurements.Add(await MeasureAsync(site.Generator, "mosquitto", round, mosquitto.Port, mosquitto.ProcessId));
            }
        }

        return measurements;
    }

    /// <summary>Medians with least and greatest.</summary>
    public static IEnumerable<string> Table(IReadOnlyList<IdleMeasurement> all) =>
        all.GroupBy(static m => m.Server).Select(static group =>
        {
            var spread = Spread.Of(group.Select(static m => (double)m.BytesPerConnection));
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{group.Key,-11} {group.First().Connections} idle connections: {spread.Median:0} bytes of resident memory each ({spread.Least:0} - {spread.Greatest:0})");
        });

    private async Task<IdleMeasurement> MeasureAsync(Mqblast generator, string server, int round, int port, int process)
    {
        await generator.RunIdleAsync(WarmUpConnections, port, process);
        var result = await generator.RunIdleAsync(connections, port, process);
        var measurement = new IdleMeasurement(server, round, result.Connections, result.BytesPerConnection);
        await output.WriteLineAsync($"round {round} {server,-11} {measurement.BytesPerConnection.ToString(CultureInfo.InvariantCulture),6} B a connection");
        return result.Connections == connections ? measurement : throw new BenchException($"{server} took {result.Connections} of {connections} connections");
    }
}

/// <summary>One round against one server.</summary>
/// <param name="Server"><c>trafficcore</c> or <c>mosquitto</c>.</param>
/// <param name="Round">Round, from 1.</param>
/// <param name="Connections">Connections that were open.</param>
/// <param name="BytesPerConnection">Resident memory that they added, divided by their number.</param>
internal sealed record IdleMeasurement(string Server, int Round, int Connections, long BytesPerConnection);
