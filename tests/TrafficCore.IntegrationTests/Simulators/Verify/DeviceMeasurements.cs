using System.Globalization;
using System.Text;

namespace TrafficCore.IntegrationTests.Simulators.Verify;

/// <summary>Something for a device to publish.</summary>
internal readonly record struct DeviceMessage(string Topic, byte[] Payload, bool Retain = false);

/// <summary>A detector that counts in intervals of its clock, or a controller that reports events in batches.</summary>
/// <remarks>Ownership: under the device's lock, but for <see cref="Forget"/>.</remarks>
internal sealed class DeviceMeasurements(BenchDeviceOptions options)
{
    private readonly long start = Now / options.IntervalMs * options.IntervalMs;
    private long taken;
    private long since;

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>What has been measured since the last call, also while the device was alone.</summary>
    public IEnumerable<DeviceMessage> Take()
    {
        if (options.Kind == "board")
        {
            yield break;
        }

        while (start + ((taken + 1) * options.IntervalMs) <= Now)
        {
            var n = taken++;
            if (n >= Interlocked.Read(ref since))
            {
                yield return options.Kind == "detector" ? Reading(n) : Batch(n);
            }
        }
    }

    /// <summary>Throws away what is measured until the device is back: it keeps nothing.</summary>
    public void Forget() => Interlocked.Exchange(ref since, ((Now - start) / options.IntervalMs) + 2);

    private DeviceMessage Reading(long n)
    {
        var timestamp = start + (n * options.IntervalMs)
            + (options.Has("ts-start") ? options.IntervalMs : options.Has("clock") ? -60_000 : options.Has("interval") && n % 3 == 0 ? 90 : 0);
        var seq = options.Has("seq") ? n * 2 : n;
        var volume = options.Has("payload") && n % 2 == 0 ? "" : $",\"volume\":{n % 10}";
        var id = options.Has("topics") ? "d 1" : "d-1";
        return Message($"traffic/v1/int-1/detector/{id}", $"{{\"ts\":{timestamp},\"interval\":{options.IntervalMs},\"seq\":{seq}{volume}}}");
    }

    private DeviceMessage Batch(long n)
    {
        var (first, second) = (start + (n * options.IntervalMs), start + (n * options.IntervalMs) + 100);
        var (on, off) = options.Has("event-times") ? (second, first) : (first, second);
        var code = options.Has("event-codes") ? 255 : 82;
        var seq = options.Has("batch-seq") ? n * 2 : n;
        return Message("traffic/v1/int-1/controller/c-1/events", $"{{\"seq\":{seq},\"events\":[[{on},{code},5],[{off},81,5]]}}");
    }

    private static DeviceMessage Message(string topic, FormattableString payload) => new(topic, Encoding.UTF8.GetBytes(payload.ToString(CultureInfo.InvariantCulture)));
}
