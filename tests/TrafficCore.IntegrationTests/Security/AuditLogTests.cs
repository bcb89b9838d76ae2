using Microsoft.Extensions.Logging.Abstractions;
using TrafficCore.Host.Security.Audit;
using TrafficCore.TestKit.Mqtt;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Security;

/// <summary>The audit log on a disk that failed in the middle of a line.</summary>
public sealed class AuditLogTests
{
    [Fact]
    public async Task Write_BehindAHalfLine_IsReadAllTheSame()
    {
        using var directory = new TemporaryDirectory();
        var time = new ManualTime();
        using var log = new AuditLog(directory.FullName, TimeSpan.FromDays(365), time, NullLogger<AuditLog>.Instance);
        await log.WriteAsync("first", null, "POST /a", null, 200);
        var file = Assert.Single(Directory.GetFiles(directory.FullName));
        await File.AppendAllTextAsync(file, "{\"time\":\"20");
        await log.WriteAsync("second", null, "POST /b", null, 200);
        await log.WriteAsync("third", null, "POST /c", null, 200);

        var found = await log.ReadAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, 10, CancellationToken.None);
        Assert.Equal(["first", "second", "third"], found.Select(e => e.Who));
    }

    [Fact]
    public async Task Write_DiskRefusesForLong_CountsWhatIsLostAndWritesWhatWaited()
    {
        using var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["audit"], "no directory");
        using var log = new AuditLog(directory["audit"], TimeSpan.FromDays(365), new ManualTime(), NullLogger<AuditLog>.Instance);
        for (var i = 0; i < 1003; i++)
        {
            await log.WriteAsync("who", null, "POST /a", null, 200);
        }

        Assert.Equal(3, log.Dropped);
        Assert.False(await log.TryRecoverAsync());
        File.Delete(directory["audit"]);
        Assert.True(await log.TryRecoverAsync());
        Assert.Equal(1000, (await log.ReadAsync(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, 2000, CancellationToken.None)).Count);
    }
}
