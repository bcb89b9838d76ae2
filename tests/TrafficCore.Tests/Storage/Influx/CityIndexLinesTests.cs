using System.Text;
using TrafficCore.Storage.Delivery;
using TrafficCore.Storage.Influx;
using TrafficCore.Traffic.Service;

namespace TrafficCore.Tests.Storage.Influx;

public sealed class CityIndexLinesTests
{
    private static readonly CityIndexRow Row = new()
    {
        City = "Test City", Start = 1_700_000_100_000, Length = 900_000, Revision = 2, Index = new CongestionIndex(1_667, 250_000, 1_333_333), Lengths = new LevelLengths(5_000, 2_500, 1_250, 1_250, 0),
        Approaches = 7, NetworkLength = 20_000, NetworkVersion = 3,
    };

    [Fact]
    public void Write_Row_MatchesTheContract() => Assert.Equal(
        "city_index,city=Test\\ City,window=900s tpi=1.667,tti=1.333333,dtp=0.25,level=1i,congested_share=0.25,share_1=0.5,share_2=0.25,share_3=0.125,share_4=0.125,share_5=0,"
        + "approaches=7i,coverage=0.5,method=\"gbt33171-2016-annex-c-dtp\",network_version=3i,revision=2i 1700000100000\n",
        Encode(new OutputEntry(0, 10, 0, [], CityIndex: Row)));

    [Fact]
    public void Batch_RevisionsOfAWindow_FollowEachOther()
    {
        string[] lines = Encode(new OutputEntry(0, 10, 0, [], CityIndex: Row), new OutputEntry(10, 20, 0, [], CityIndex: Row with { Revision = 3 })).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("revision=2i ", lines[0], StringComparison.Ordinal);
        Assert.Contains("revision=3i ", lines[1], StringComparison.Ordinal);
    }

    private static string Encode(params OutputEntry[] entries)
    {
        PointBatch batch = new();
        foreach (OutputEntry entry in entries)
        {
            batch.Add(entry);
        }

        batch.Encode([], 0);
        Assert.Equal((entries.Length, entries.Length), (batch.Rows, batch.Points));
        return Encoding.UTF8.GetString(batch.All.Bytes.Span);
    }
}
