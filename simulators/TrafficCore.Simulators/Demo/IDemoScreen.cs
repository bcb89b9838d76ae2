namespace TrafficCore.Simulators.Demo;

/// <summary>Where the demonstration is shown: a terminal's live table, or plain lines for logs and pipes.</summary>
internal interface IDemoScreen
{
    /// <summary>Shows frames until cancelled; asks for each.</summary>
    Task RunAsync(Func<CancellationToken, Task<DemoFrame>> next, CancellationToken cancellation);
}

/// <summary>One moment of the demonstration. Immutable.</summary>
/// <param name="Elapsed">Time since the city began to send.</param>
/// <param name="IsRush">Whether the simulated rush is on.</param>
/// <param name="Sent">Readings sent.</param>
/// <param name="Acknowledged">Readings acknowledged.</param>
/// <param name="Service">What the service says.</param>
internal sealed record DemoFrame(TimeSpan Elapsed, bool IsRush, long Sent, long Acknowledged, DemoSnapshot Service);
