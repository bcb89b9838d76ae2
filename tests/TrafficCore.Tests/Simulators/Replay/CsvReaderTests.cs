using TrafficCore.Simulators.Replay;

namespace TrafficCore.Tests.Simulators.Replay;

public sealed class CsvReaderTests
{
    [Theory]
    [InlineData("a,b,c", "a|b|c")]
    [InlineData(" a , b\t,c ", "a|b|c")]
    [InlineData("a,,c,", "a||c|")]
    [InlineData(",", "|")]
    [InlineData("\"a,b\",c", "a,b|c")]
    [InlineData("\"a\"\"b\",\"\"\"\"", "a\"b|\"")]
    [InlineData("\" a \" ,b", " a |b")]
    [InlineData("a\"b,c", "a\"b|c")]
    [InlineData("\"\",b", "|b")]
    public void Read_OneRecord_HasItsFields(string text, string expected)
    {
        var csv = new CsvReader(new StringReader(text), ',');

        Assert.True(csv.Read());
        Assert.True(csv.IsWellFormed);
        Assert.Equal(expected, Fields(csv));
        Assert.False(csv.Read());
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void Read_LinesOfAnyKind_AreNumberedAndEmptyOnesAreNoRecords(string end)
    {
        var csv = new CsvReader(new StringReader(string.Join(end, "\uFEFFa;1", "", "b;\"x", "y\";2", "  ", "c;3", "")), ';');
        var records = new List<string>();
        while (csv.Read())
        {
            records.Add($"{csv.Line}:{Fields(csv)}");
        }

        Assert.Equal(["1:a|1", "3:b|x\ny|2", "6:c|3"], records);
    }

    [Theory]
    [InlineData("a,\"b")]
    [InlineData("a,\"b\"c,d")]
    public void Read_BrokenQuotes_AreNotWellFormed(string text)
    {
        var csv = new CsvReader(new StringReader(text), ',');

        Assert.True(csv.Read());
        Assert.False(csv.IsWellFormed);
    }

    private static string Fields(CsvReader csv) => string.Join('|', Enumerable.Range(0, csv.Count).Select(i => csv[i].ToString()));
}
