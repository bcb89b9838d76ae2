namespace TrafficCore.Pipeline.Shards;

/// <summary>Division that floors, so that times before 1970 fall into the right window too.</summary>
internal static class PageMath
{
    public static long FloorDivide(long value, long by)
    {
        long quotient = value / by;
        return value < 0 && quotient * by != value ? quotient - 1 : quotient;
    }

    public static long CeilingTo(long value, long step) => -FloorDivide(-value, step) * step;

    public static long FloorTo(long value, long step) => FloorDivide(value, step) * step;
}
