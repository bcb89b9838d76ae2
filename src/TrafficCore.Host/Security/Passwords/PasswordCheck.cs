using System.Net;

namespace TrafficCore.Host.Security.Passwords;

/// <summary>What a check of a password came to.</summary>
internal enum PasswordAnswer
{
    Right,
    Wrong,

    /// <summary>Too many wait already; nothing was checked.</summary>
    Busy,
}

/// <summary>A password that waits to be checked.</summary>
/// <param name="Name">The account's name.</param>
/// <param name="Stored">Its hash; null when there is no such account, or it may not come in.</param>
/// <param name="Password">What was sent.</param>
/// <param name="From">Where from.</param>
/// <param name="Cancellation">Who asked has gone.</param>
internal sealed record PasswordCheck(string Name, PasswordHash? Stored, ReadOnlyMemory<byte> Password, IPAddress From, CancellationToken Cancellation)
{
    /// <summary>Completed once, behind whoever does it.</summary>
    public TaskCompletionSource<PasswordAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
