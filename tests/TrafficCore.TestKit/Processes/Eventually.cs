namespace TrafficCore.TestKit.Processes;

/// <summary>Waits for a condition by polling it until a deadline; the failure tells the last state seen.</summary>
public static class Eventually
{
    /// <summary>Polls until <paramref name="probe"/> returns null (reached); otherwise its text says what is still wrong.</summary>
    /// <exception cref="TimeoutException">The deadline passed; carries the last text.</exception>
    public static async Task ReachesAsync(Func<Task<string?>> probe, TimeSpan deadline)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var end = TimeProvider.System.GetTimestamp() + (long)(deadline.TotalSeconds * TimeProvider.System.TimestampFrequency);
        string? state;
        while ((state = await probe().ConfigureAwait(false)) is not null)
        {
            if (TimeProvider.System.GetTimestamp() > end)
            {
                throw new TimeoutException($"Not reached within {deadline}: {state}");
            }

            await timer.WaitForNextTickAsync().ConfigureAwait(false);
        }
    }
}
