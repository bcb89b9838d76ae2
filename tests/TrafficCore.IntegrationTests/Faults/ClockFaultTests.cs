using System.Diagnostics;
using TrafficCore.TestKit;

namespace TrafficCore.IntegrationTests.Faults;

/// <summary>The machine's clock is set wrong under load, and right again: nothing is rejected for it, and everything is in its window.</summary>
[Collection(FaultSuite.Name)]
public sealed class ClockFaultTests(UndisturbedRun undisturbed)
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    [Theory]
    [Trait(FaultSuite.Name, FaultSuite.Whole)]
    [InlineData("+1h")]
    [InlineData("-1h")]
    [InlineData("+1d")]
    [InlineData("-1d")]
    public async Task Clock_SteppedAndSetRight_IsAlarmedAndTheRowsAreTheSame(string step)
    {
        Assert.SkipWhen(!File.Exists(Library) && !RequiredTools.AreRequired, "libfaketime is not installed (Debian package libfaketime)");
        await using var run = new FaultRun();
        var offset = run.NetworkFile + ".clock";
        await File.WriteAllTextAsync(offset, "+0");
        run.Prepare = start => Fake(start, offset);
        await run.StartUnderLoadAsync();
        await run.WhenAcknowledgedAsync(0.3);
        await File.WriteAllTextAsync(offset, step);
        await run.WhenHealthIsAsync("the service distrusts its own clock");
        await run.WhenAcknowledgedAsync(0.7);
        await File.WriteAllTextAsync(offset, "+0");
        await run.AssertAsUndisturbedAsync(undisturbed);
    }

    // UTC comes from the file's offset each time it is asked for; monotonic time stays what it is, as when somebody sets a clock.
    private static void Fake(ProcessStartInfo start, string offset)
    {
        start.Environment["LD_PRELOAD"] = Library;
        start.Environment["FAKETIME_TIMESTAMP_FILE"] = offset;
        start.Environment["FAKETIME_NO_CACHE"] = "1";
        start.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        start.Environment["DONT_FAKE_MONOTONIC"] = "1";
    }
}
