using System.Net;
using System.Threading.RateLimiting;
using TrafficCore.Mqtt.Broker;

namespace TrafficCore.Host.Security.Http;

/// <summary>Bounds attempts to log in from one address: guessing a password online takes years then, and the audit log stays readable.</summary>
/// <remarks>Ownership: any thread. Addresses that ask no more are forgotten by the limiter.</remarks>
internal sealed class LoginRate(int perMinute) : IDisposable
{
    private readonly PartitionedRateLimiter<IPAddress> limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address => RateLimitPartition.GetFixedWindowLimiter(
        AddressGroup.Of(address), _ => new FixedWindowRateLimiterOptions { PermitLimit = perMinute, Window = TimeSpan.FromMinutes(1), QueueLimit = 0 }));

    public bool TryTake(IPAddress? address)
    {
        using var lease = limiter.AttemptAcquire(address ?? IPAddress.None);
        return lease.IsAcquired;
    }

    public void Dispose() => limiter.Dispose();
}
