using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace TrafficCore.Host.Security.Passwords;

/// <summary>
/// Checks passwords on threads of its own, so that a slow hash holds up no connection: at most so many at a time, and a bounded queue of those that wait, in which the addresses they come
/// from take turns (full: the newest of the address with the most is refused, <see cref="PasswordAnswer.Busy"/>, and counted).
/// </summary>
/// <remarks>
/// Ownership: any thread may ask. Of a password that was right it keeps a tag, HMAC-SHA-256 under a key that lives and dies with the process: ten thousand devices that come back after
/// a power cut of a switch cost no slow hash again, and an attacker who fills the queue keeps none of them out. A wrong password always takes the slow way, and so does a name
/// that nobody has: both take as long as the right one the first time.
/// </remarks>
internal sealed class PasswordGate : IDisposable
{
    /// <summary>Longer ones are wrong: RFC 9106 and OWASP bound the input, and no password or token here is near it.</summary>
    private const int MaxPassword = 1024;

    // Compared with when there is no such account, so that its absence takes as long.
    private static readonly PasswordHash Nobody = PasswordHash.Create(RandomNumberGenerator.GetBytes(32));

    private readonly byte[] key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<string, byte[]> remembered = new(StringComparer.Ordinal);
    private readonly Lock gate = new();
    private readonly PasswordQueue queue; // under the lock
    private readonly SemaphoreSlim work = new(0); // as many as wait in the queue
    private readonly CancellationTokenSource stopping = new();
    private readonly Thread[] threads;
    private long slow;
    private long busy;

    public PasswordGate(int parallel, int waiting)
    {
        queue = new PasswordQueue(waiting);
        threads = [.. Enumerable.Range(0, parallel > 0 ? parallel : Math.Max(1, Environment.ProcessorCount / 2)).Select(i => new Thread(Work) { IsBackground = true, Name = $"passwords {i}" })];
        Array.ForEach(threads, t => t.Start());
    }

    /// <summary>Slow hashes so far.</summary>
    public long SlowChecks => Volatile.Read(ref slow);

    /// <summary>Refused because too many waited.</summary>
    public long Refused => Volatile.Read(ref busy);

    /// <summary>Those that wait now.</summary>
    public int Waiting
    {
        get
        {
            lock (gate)
            {
                return queue.Count;
            }
        }
    }

    /// <summary>Checks a password.</summary>
    /// <param name="name">The account's name.</param>
    /// <param name="stored">Its hash; null when there is no such account, or it may not come in.</param>
    /// <param name="password">What was sent; not kept.</param>
    /// <param name="from">The address it came from; null when that is not known, and is then one of its own.</param>
    /// <param name="cancellation">Who asked has gone: what still waits is not checked.</param>
    public ValueTask<PasswordAnswer> CheckAsync(string name, PasswordHash? stored, ReadOnlyMemory<byte> password, IPAddress? from, CancellationToken cancellation)
    {
        if (password.Length > MaxPassword)
        {
            return ValueTask.FromResult(PasswordAnswer.Wrong);
        }

        if (stored is not null && remembered.TryGetValue(name, out var known) && CryptographicOperations.FixedTimeEquals(known, Tag(stored, password.Span)))
        {
            return ValueTask.FromResult(PasswordAnswer.Right);
        }

        var check = new PasswordCheck(name, stored, password, from ?? IPAddress.None, cancellation);
        PasswordCheck? left;
        lock (gate)
        {
            left = queue.Add(check);
        }

        if (left is null)
        {
            work.Release();
        }
        else
        {
            Interlocked.Increment(ref busy);
            left.Answer.TrySetResult(PasswordAnswer.Busy);
        }

        return new ValueTask<PasswordAnswer>(check.Answer.Task);
    }

    /// <summary>Forgets whom <paramref name="keep"/> does not name any more.</summary>
    public void Forget(Func<string, bool> keep)
    {
        foreach (var (name, _) in remembered)
        {
            if (!keep(name))
            {
                remembered.TryRemove(name, out _);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stopping.Cancel();
        Array.ForEach(threads, t => t.Join());
        while (queue.Take() is { } check)
        {
            check.Answer.TrySetCanceled(CancellationToken.None);
        }

        work.Dispose();
        stopping.Dispose();
    }

    private void Work()
    {
        while (TryTake() is { } check)
        {
            if (check.Cancellation.IsCancellationRequested)
            {
                check.Answer.TrySetCanceled(check.Cancellation);
                continue;
            }

            Interlocked.Increment(ref slow);
            var matches = (check.Stored ?? Nobody).Matches(check.Password.Span) && check.Stored is not null;
            if (matches)
            {
                remembered[check.Name] = Tag(check.Stored!, check.Password.Span);
            }

            check.Answer.TrySetResult(matches ? PasswordAnswer.Right : PasswordAnswer.Wrong);
        }
    }

    /// <summary>Waits for the next check; null when the service stops.</summary>
    private PasswordCheck? TryTake()
    {
        try
        {
            work.Wait(stopping.Token);
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        lock (gate)
        {
            return queue.Take();
        }
    }

    // The stored hash is part of it: a changed password is not remembered.
    private byte[] Tag(PasswordHash stored, ReadOnlySpan<byte> password)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        mac.AppendData(Encoding.UTF8.GetBytes(stored.Text));
        mac.AppendData(password);
        return mac.GetHashAndReset();
    }
}
