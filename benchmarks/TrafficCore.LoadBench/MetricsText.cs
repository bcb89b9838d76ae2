using System.Globalization;

namespace TrafficCore.LoadBench;

/// <summary>What a service says at <c>/metrics</c>: Prometheus text. Immutable.</summary>
internal sealed class MetricsText(string text)
{
    /// <summary>Sum of all series whose name begins so, since unit and kind may stand behind it, and whose labels hold a text; null where there is none.</summary>
    public double? Sum(string name, string label = "")
    {
        double? sum = null;
        foreach (var line in text.AsSpan().EnumerateLines())
        {
            var space = line.LastIndexOf(' ');
            if (space > 0 && line.StartsWith(name, StringComparison.Ordinal) && line[..space].Contains(label, StringComparison.Ordinal)
                && double.TryParse(line[(space + 1)..], CultureInfo.InvariantCulture, out var value))
            {
                sum = (sum ?? 0) + value;
            }
        }

        return sum;
    }
}
