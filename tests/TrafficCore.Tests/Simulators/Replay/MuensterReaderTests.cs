using System.Text;
using TrafficCore.Simulators.Cli;
using TrafficCore.Simulators.Replay;

namespace TrafficCore.Tests.Simulators.Replay;

public sealed class MuensterReaderTests
{
    private static readonly string Header = $"Name  /  Date: 2015_10_22;{string.Join(';', Enumerable.Range(0, 24).Select(static h => $"{h}:00"))}";

    [Fact]
    public void Read_Loops_AreReadingsOfAnHour()
    {
        var (counts, findings) = Read(Row("MQ_03290_FV12_GR (MQ0)", static h => $"{h}"), Row("MQ_03020_FV4_L (MQ1)", static _ => "1"));

        Assert.Equal(["03290", "03020"], counts.Intersections);
        Assert.Equal(48, counts.Readings);
        Assert.Equal((1445464800000, 1445464800000 + 86_400_000L), (counts.FromMs, counts.ToMs)); // 2015-10-21T22:00Z: midnight of summer time
        var first = counts.Encode(counts.Messages.First(static m => m.Intersection == 0));
        Assert.Equal("traffic/v1/03290/detectors", first.Topic);
        Assert.Equal("[{\"detector\":\"MQ_03290_FV12_GR\",\"ts\":1445464800000,\"interval\":3600000,\"volume\":0}]", Encoding.UTF8.GetString(first.Payload.Span));
        Assert.Empty(findings.Told);
    }

    [Theory]
    [InlineData("LSA 29120 Schleifen (MQ1008)", "not-a-vehicle-loop")]
    [InlineData("---Test (MQ1032)", "not-a-vehicle-loop")]
    [InlineData("MQ_01090_16_DRad3 (MQ365)", "not-a-vehicle-loop")]
    [InlineData("MQ_03020_FV1L (MQ36)", "unknown-name")]
    [InlineData("MQ_03020_FV1_ (MQ36)", "unknown-name")]
    public void Read_RowThatIsNoVehicleLoop_IsToldAndNotSent(string name, string reason)
    {
        var (counts, findings) = Read(Row("MQ_03020_FV4_L (MQ1)", static _ => "1"), Row(name, static _ => "7"));

        Assert.Equal((24, 1), (counts.Readings, findings.Skipped[reason]));
        Assert.StartsWith("line 3:", Assert.Single(findings.Told), StringComparison.Ordinal);
        Assert.Empty(findings.Malformed);
    }

    [Fact]
    public void Read_BlankCells_AreMissingAndNotZero()
    {
        var (counts, findings) = Read(Row("MQ_03020_FV4_L (MQ1)", static h => h < 14 ? "" : "0"));

        Assert.Equal((10, 14), (counts.Readings, findings.Skipped["blank"]));
        Assert.Equal(10, counts.Messages.Count);
    }

    [Fact]
    public void Read_NameWithASpace_IsSentWithoutIt()
    {
        var (counts, findings) = Read(Row("MQ_08031_FV3_ L (MQ84)", static _ => "1"));

        Assert.Contains("\"MQ_08031_FV3_L\"", Encoding.UTF8.GetString(counts.Encode(counts.Messages[0]).Payload.Span), StringComparison.Ordinal);
        Assert.Equal(1, findings.Noted["name-changed"]);
    }

    [Theory]
    [InlineData("MQ_08031_FV3_L (MQ85)", "bad-name")] // would pass for the other one
    [InlineData("MQ_08031_FV3_\u00fc (MQ85)", "bad-name")]
    public void Read_NameThatCantBeAnId_IsRefused(string name, string reason)
    {
        var (counts, findings) = Read(Row("MQ_08031_FV3_ L (MQ84)", static _ => "1"), Row(name, static _ => "1"));

        Assert.Equal((24, 1), (counts.Readings, findings.Malformed[reason]));
    }

    [Fact]
    public void Read_SameLoopTwice_IsSentTwice()
    {
        var row = Row("MQ_03020_FV4_L (MQ1)", static _ => "1");

        Assert.Equal(48, Read(row, row).Counts.Readings);
    }

    [Fact]
    public void Read_ShortRow_IsMalformed() =>
        Assert.Equal(1, Read(Row("MQ_03020_FV4_L (MQ1)", static _ => "1"), "MQ_03020_FV5_L (MQ2);1;2").Findings.Malformed["bad-row"]);

    [Theory]
    [InlineData("Name;0:00;1:00", "no date")]
    [InlineData("Name  /  Date: 2015_10_22;0:00;one", "'one' is not a time of day")]
    [InlineData("Name  /  Date: 2015_10_22;0:00", "fewer than two hours")]
    public void Read_NotSuchAFile_IsRefused(string text, string expected) => Assert.Contains(
        expected, Assert.Throws<UsageException>(() => RecordedText.Read<CountRecording>(text, RecordingFormat.Muenster)).Message, StringComparison.Ordinal);

    private static string Row(string name, Func<int, string> cell) => $"{name};{string.Join(';', Enumerable.Range(0, 24).Select(cell))};";

    private static (CountRecording Counts, RowFindings Findings) Read(params string[] rows) =>
        RecordedText.Read<CountRecording>(string.Join('\n', [Header, .. rows]), RecordingFormat.Muenster, "Europe/Berlin");
}
