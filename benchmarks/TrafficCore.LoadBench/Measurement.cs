namespace TrafficCore.LoadBench;

/// <summary>One run of one profile against one server.</summary>
/// <param name="Server"><c>trafficcore</c> or <c>mosquitto</c>.</param>
/// <param name="Profile">Name of the profile.</param>
/// <param name="Round">Round, from 1.</param>
/// <param name="Load">What the generator saw.</param>
/// <param name="AllocatedPerMessage">Bytes that the server allocated for each message; null when unknown.</param>
/// <param name="Collections">Garbage collections during the run; null when unknown.</param>
internal sealed record Measurement(
    string Server, string Profile, int Round, MqblastResult Load, double? AllocatedPerMessage = null, double? Collections = null);

/// <summary>Median, least and greatest of several rounds.</summary>
internal readonly record struct Spread(double Median, double Least, double Greatest)
{
    public static Spread Of(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}
