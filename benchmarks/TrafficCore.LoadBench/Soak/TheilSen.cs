namespace TrafficCore.LoadBench.Soak;

/// <summary>The slope that a line through points has whatever a few of them do: the median of the slopes of all pairs (Theil 1950, Sen 1968). A third of the points may be anything.</summary>
internal static class TheilSen
{
    /// <summary>Slope of y over x; 0 of fewer than two points.</summary>
    public static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        var slopes = new List<double>(points.Count * points.Count / 2);
        for (var i = 0; i < points.Count; i++)
        {
            for (var j = i + 1; j < points.Count; j++)
            {
                if (points[j].X > points[i].X)
                {
                    slopes.Add((points[j].Y - points[i].Y) / (points[j].X - points[i].X));
                }
            }
        }

        return slopes.Count == 0 ? 0 : Spread.Of(slopes).Median;
    }
}
