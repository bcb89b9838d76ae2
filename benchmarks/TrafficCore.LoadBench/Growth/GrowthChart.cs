using System.Text;

namespace TrafficCore.LoadBench.Growth;

/// <summary>Growth as a picture: a panel for each series, medians joined by a line, least and greatest as whiskers, and what is wanted dashed above what it is measured from.</summary>
internal static class GrowthChart
{
    private const int PanelWidth = 270;
    private const int Height = 300;
    private const int Left = 52;
    private const int Top = 40;
    private const int PlotWidth = 200;
    private const int PlotHeight = 200;

    /// <summary>The picture, as SVG that holds on a light and on a dark page.</summary>
    public static string Svg(IReadOnlyList<GrowthMeasurement> all)
    {
        var panels = GrowthSeries.All.Where(s => all.Any(m => m.Series == s.Name)).ToArray();
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {panels.Length * PanelWidth} {Height}\" font-family=\"sans-serif\" font-size=\"11\">");
        Line(svg, $"<title>Processor seconds for a million readings as the city, its connections or the shards grow</title>");
        Line(svg, $"<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        for (var i = 0; i < panels.Length; i++)
        {
            Panel(svg, panels[i], all.Where(m => m.Series == panels[i].Name).ToArray(), i * PanelWidth);
        }

        Line(svg, $"</svg>");
        return svg.ToString();
    }

    private static void Panel(StringBuilder svg, GrowthSeries series, GrowthMeasurement[] runs, int x)
    {
        var points = runs.GroupBy(static m => m.Size).OrderBy(static g => g.Key).Select(static g => (Size: g.Key, Cost: Spread.Of(g.Select(static m => m.CpuPerMillion)))).ToArray();
        var limits = series.Limits.Where(l => points.Any(p => p.Size == l.From) && points.Any(p => p.Size == l.To))
            .Select(l => (l.From, l.To, Cost: l.Times * points.Single(p => p.Size == l.From).Cost.Median)).ToArray();
        var top = Ceiling(points.Max(static p => p.Cost.Greatest), limits.Select(static l => l.Cost));
        double X(int size) => x + Left + (PlotWidth * (Array.FindIndex(points, p => p.Size == size) + 0.5) / points.Length);
        double Y(double cost) => Top + PlotHeight - (PlotHeight * cost / top);
        Line(svg, $"<text x=\"{x + Left}\" y=\"20\" font-weight=\"bold\" fill=\"#222222\">CPU-s/M by {series.Name}</text>");
        for (var tick = 0; tick <= 4; tick++)
        {
            var cost = top * tick / 4;
            Line(svg, $"<line x1=\"{x + Left}\" x2=\"{x + Left + PlotWidth}\" y1=\"{Y(cost):0.0}\" y2=\"{Y(cost):0.0}\" stroke=\"#dddddd\"/>");
            Line(svg, $"<text x=\"{x + Left - 6}\" y=\"{Y(cost) + 4:0.0}\" text-anchor=\"end\" fill=\"#444444\">{cost:0.##}</text>");
        }

        foreach (var (from, to, cost) in limits)
        {
            Line(svg, $"<line x1=\"{X(from):0.0}\" x2=\"{X(to):0.0}\" y1=\"{Y(cost):0.0}\" y2=\"{Y(cost):0.0}\" stroke=\"#c0392b\" stroke-dasharray=\"5 4\"/>");
        }

        Line(svg, $"<polyline fill=\"none\" stroke=\"#1f5fa8\" stroke-width=\"2\" points=\"{string.Join(' ', points.Select(p => FormattableString.Invariant($"{X(p.Size):0.0},{Y(p.Cost.Median):0.0}")))}\"/>");
        foreach (var (size, cost) in points)
        {
            Line(svg, $"<line x1=\"{X(size):0.0}\" x2=\"{X(size):0.0}\" y1=\"{Y(cost.Least):0.0}\" y2=\"{Y(cost.Greatest):0.0}\" stroke=\"#1f5fa8\"/>");
            Line(svg, $"<circle cx=\"{X(size):0.0}\" cy=\"{Y(cost.Median):0.0}\" r=\"4\" fill=\"#1f5fa8\"/>");
            Line(svg, $"<text x=\"{X(size):0.0}\" y=\"{Y(cost.Greatest) - 8:0.0}\" text-anchor=\"middle\" fill=\"#222222\">{cost.Median:0.0}</text>");
            Line(svg, $"<text x=\"{X(size):0.0}\" y=\"{Top + PlotHeight + 18}\" text-anchor=\"middle\" fill=\"#444444\">{size:N0}</text>");
        }
    }

    /// <summary>The next of 1, 2, 4, 8 times a power of ten with some room above everything.</summary>
    private static double Ceiling(double greatest, IEnumerable<double> limits)
    {
        var most = limits.Append(greatest).Max() * 1.1;
        var power = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return new[] { 1, 2, 4, 8, 10 }.Select(step => step * power).First(top => top >= most);
    }

    private static void Line(StringBuilder svg, FormattableString line) => svg.Append(FormattableString.Invariant(line)).Append('\n');
}
