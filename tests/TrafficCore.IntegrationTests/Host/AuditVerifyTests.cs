using TrafficCore.IntegrationTests.Acceptance;
using TrafficCore.Log;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.IntegrationTests.Host;

/// <summary><c>trafficcore audit --verify</c> as scripts use it: what it prints and its exit codes.</summary>
public sealed class AuditVerifyTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public AuditVerifyTests()
    {
        foreach (var log in new[] { "input", "output", "state" })
        {
            var options = new LogOptions { Name = log, SegmentBytes = 4096, BufferBytes = 1024, Pack = log != "state", PrepareInline = true };
            using var writer = LogWriter.Open(Path.Combine(_data.FullName, log), options, PhysicalFileSystem.Instance, static () => 7);
            for (var number = 0; number < 600; number++)
            {
                writer.Append(4, 1, 0, number, number, BitConverter.GetBytes(number));
                writer.Commit();
            }

            writer.RetainFrom(5000);
        }
    }

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task Verify_UntouchedThenChanged_ExitsWithZeroThenOneAndNamesTheFile()
    {
        var (exit, output) = await VerifyAsync();
        Assert.Equal(0, exit);
        Assert.Matches("(?m)^input: [0-9]+ sealed segments, positions [0-9]+ to [0-9]+, head [0-9a-f]{64}$", output);
        var head = output.Split("input: ")[1].Split("head ")[1][..64];
        Assert.Equal(0, (await VerifyAsync("--head", $"input={head}")).Exit);

        var file = new DirectoryInfo(Path.Combine(_data.FullName, "state")).GetFiles("*.log").OrderBy(static file => file.Name, StringComparer.Ordinal).First();
        Change(file.FullName, offset: 8192 + 50);
        (exit, output) = await VerifyAsync();
        Assert.Equal(1, exit);
        Assert.Contains($"state: changed: {file.Name}, positions ", output, StringComparison.Ordinal);
        (exit, output) = await VerifyAsync("--json");
        Assert.Equal(1, exit);
        Assert.Contains($"\"problems\":[{{\"kind\":\"changed\",\"subject\":\"{file.Name}\"", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_HeadOfAnotherHistory_ExitsWithOne()
    {
        var (exit, output) = await VerifyAsync("--head", "output=" + new string('a', 64));
        Assert.Equal(1, exit);
        Assert.Contains("output: head-unknown: aaaa", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("input")]
    [InlineData("input=12")]
    [InlineData("boards=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public async Task Verify_HeadThatIsNone_ExitsWithTwo(string head) => Assert.Equal(2, (await VerifyAsync("--head", head)).Exit);

    private static void Change(string path, int offset)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.Position = offset;
        var value = file.ReadByte();
        file.Position = offset;
        file.WriteByte((byte)(value ^ 1));
    }

    private async Task<(int Exit, string Output)> VerifyAsync(params string[] more) =>
        await ServiceProcess.RunAsync("trafficcore.dll", ["audit", "--verify", $"--Data:Directory={_data.FullName}", .. more]);
}
