namespace TrafficCore.Host.Security.Audit;

/// <summary>One action of a person or program: who, when, what, from where, and what came of it.</summary>
/// <param name="Time">When it ended, UTC; no two entries have the same.</param>
/// <param name="Who">The account or key; null: nobody had to say.</param>
/// <param name="From">The address it came from.</param>
/// <param name="Action">Method and path.</param>
/// <param name="Detail">What it was about, in the endpoint's words; no secret.</param>
/// <param name="Status">The HTTP status that it was answered with: 2xx done, 4xx refused, 5xx failed.</param>
internal sealed record AuditEntry(DateTimeOffset Time, string? Who, string? From, string Action, string? Detail, int Status);
