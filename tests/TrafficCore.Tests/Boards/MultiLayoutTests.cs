using TrafficCore.Boards.Multi;

namespace TrafficCore.Tests.Boards;

public sealed class MultiLayoutTests
{
    private static readonly BoardFace Face = new(2, 8, 2, ["amber", "red"]);

    [Theory]
    [InlineData("ABCDEFGH[nl]X[np]Y")]
    [InlineData("[jl3][jp2][pt20o3]A[jl4]B")]
    [InlineData("[cf1]RED[cf][pb0]")]
    [InlineData("前方拥堵")]
    [InlineData("A[f5,3]B[hc41]")]
    [InlineData("[[NOT]]")]
    [InlineData("")]
    public void Problems_WhatFits_AreNone(string multi) => Assert.Empty(MultiLayout.Problems(multi, Face));

    [Theory]
    [InlineData("ABCDEFGHI", "page 1, line 1: 9 cells, a line of the board has 8")]
    [InlineData("A[np]前方拥堵!", "page 2, line 1: 9 cells, a line of the board has 8")]
    [InlineData("A[nl]B[nl]C", "page 1 has more than the board's 2 lines")]
    [InlineData("A[np]B[np]C", "3 pages, the board has 2")]
    [InlineData("[cf3]A", "at 0: [cf3] is green and the board has amber, red")]
    [InlineData("[cf1,2,3]A", "at 0: [cf1,2,3] is a colour and the board has amber, red")]
    [InlineData("[g1]", "at 0: [g1] needs a board of pixels; this one is known by its cells only")]
    [InlineData("ABCDEF[f1]", "page 1, line 1: 11 cells, a line of the board has 8")]
    [InlineData("A[xx]", "at 1: [xx] is not a tag of NTCIP 1203")]
    [InlineData("A[jl9]", "at 1: [jl9] has values that the tag does not allow")]
    [InlineData("A]B", "at 1: a closing bracket without a tag; a literal one is written ]]")]
    [InlineData("A[nl", "at 1: the tag is not closed; a literal bracket is written [[")]
    [InlineData("A[n[nl]", "at 1: the tag is not closed before the next one; a literal bracket is written [[")]
    [InlineData("A\tB", "at 1: U+0009 is not a character that boards can show")]
    public void Problems_WhatDoesNotFit_AreNamed(string multi, string problem) => Assert.Contains(problem, MultiLayout.Problems(multi, Face));

    [Fact]
    public void Problems_BoardWithoutKnownColours_RefusesColoursOnly()
    {
        var unknown = Face with { Colors = [] };
        Assert.Equal(["at 0: [cf1] is red and the board has no known colours"], MultiLayout.Problems("[cf1]A", unknown));
        Assert.Empty(MultiLayout.Problems("[cf]A", unknown));
        Assert.Empty(MultiLayout.Problems("[cf1,2,3]A", Face with { Colors = ["RGB"] }));
    }

    [Fact]
    public void Parse_AnyBytes_EndsAndItsValidPartsAreANormalMessage()
    {
        string[] parts = ["[", "]", "[[", "]]", "A", "前", "🦀", "nl", "jl3", "cf", "1,2,3", "/fl", "pt", "5o3", " ", "fl", "t", "o", "\uD800", "hc41", "g1"];
        var random = new Random(3);
        for (var round = 0; round < 20_000; round++)
        {
            var multi = string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => parts[random.Next(parts.Length)]));
            var normal = MultiString.Normalize(multi);
            Assert.Empty(MultiString.Problems(normal));
            Assert.Equal(normal, MultiString.Normalize(normal));
            Assert.Equal(normal.Length == 0, MultiString.IsBlank(normal));
        }
    }
}
