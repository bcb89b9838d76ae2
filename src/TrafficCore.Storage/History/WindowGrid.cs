namespace TrafficCore.Storage.History;

/// <summary>The windows that a query asks for: which one an instant falls into.</summary>
/// <remarks>Immutable.</remarks>
internal abstract class WindowGrid
{
    /// <summary>Start of the first window that starts at or after an instant.</summary>
    public abstract long FirstFrom(long instantMs);

    /// <summary>Start of the window that holds an instant.</summary>
    public abstract long StartOf(long instantMs);

    /// <summary>End of the window that starts at an instant.</summary>
    public abstract long EndOf(long startMs);

    /// <summary>Windows of one length, aligned to the Unix epoch.</summary>
    internal sealed class Fixed(long lengthMs) : WindowGrid
    {
        public override long FirstFrom(long instantMs)
        {
            long start = StartOf(instantMs);
            return start == instantMs ? start : start + lengthMs;
        }

        public override long StartOf(long instantMs) => instantMs - ((instantMs % lengthMs) + lengthMs) % lengthMs;

        public override long EndOf(long startMs) => startMs + lengthMs;
    }

    /// <summary>Local days of a time zone: 24 hours, or 23 and 25 where the clocks change.</summary>
    internal sealed class LocalDays(TimeZoneInfo zone) : WindowGrid
    {
        public override long FirstFrom(long instantMs)
        {
            long start = StartOf(instantMs);
            return start == instantMs ? start : EndOf(start);
        }

        public override long StartOf(long instantMs) => FirstInstantOf(DateOf(instantMs));

        public override long EndOf(long startMs) => FirstInstantOf(DateOf(startMs).AddDays(1));

        private DateOnly DateOf(long instantMs) =>
            DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeMilliseconds(instantMs), zone).DateTime);

        /// <summary>The first instant of a local date: midnight, or where midnight is skipped the instant the clocks jump to.</summary>
        private long FirstInstantOf(DateOnly date)
        {
            DateTime local = date.ToDateTime(TimeOnly.MinValue, DateTimeKind.Unspecified);
            if (zone.IsInvalidTime(local))
            {
                // The offset before the jump still holds at its instant: midnight by the old clock is that instant.
                return new DateTimeOffset(local, zone.GetUtcOffset(local.AddDays(-0.5))).ToUnixTimeMilliseconds();
            }

            // A midnight that happens twice begins with the larger offset, which is the earlier of the two instants.
            TimeSpan offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
            return new DateTimeOffset(local, offset).ToUnixTimeMilliseconds();
        }
    }
}
