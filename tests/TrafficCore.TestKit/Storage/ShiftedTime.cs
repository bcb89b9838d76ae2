namespace TrafficCore.TestKit.Storage;

/// <summary>The system's clock, moved: ages change, waits do not.</summary>
public sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
