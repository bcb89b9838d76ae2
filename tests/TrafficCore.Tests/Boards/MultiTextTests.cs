using TrafficCore.Boards.Multi;

namespace TrafficCore.Tests.Boards;

public sealed class MultiTextTests
{
    private static readonly BoardFace Face = new(3, 16, 2, ["amber"]);

    [Fact]
    public void Compose_TwoLines_AreCentredOnOnePage() =>
        Assert.Equal("[jp3][jl3]SLOW[nl]TRAFFIC", MultiText.Compose(["SLOW", "TRAFFIC"], Face));

    [Fact]
    public void Compose_MoreLinesThanAPage_AlternatesTwoTimedPhasesAndDropsWhatHasNoRoom() =>
        Assert.Equal(
            "[pt40o3][jp3][jl3]A[nl]B[np][pt40o3][jp3][jl3]C[nl]D",
            MultiText.Compose(["A", "B", "C", "D", "E"], Face with { Lines = 2 }));

    [Fact]
    public void Compose_BoardOfManyPages_UsesNoMoreThanTwoPhases() =>
        Assert.DoesNotContain("C", MultiText.Compose(["A", "B", "C"], Face with { Lines = 1, Pages = 5 }), StringComparison.Ordinal);

    [Fact]
    public void Compose_LineTooLong_TakesTheWordingThatFits() =>
        Assert.Equal("[jp3][jl3]SLOW", MultiText.Compose(["SLOW TRAFFIC AHEAD|SLOW TRAFFIC|SLOW"], Face with { Characters = 8 }));

    [Theory]
    [InlineData("QUEUE AT JUNCTION", 9, "QUEUE AT")]
    [InlineData("QUEUE AT JUNCTION", 8, "QUEUE AT")]
    [InlineData("QUEUE AT JUNCTION", 7, "QUEUE")]
    [InlineData("JUNCTION", 4, "JUNC")]
    [InlineData("前方拥堵", 5, "前方")]
    [InlineData("JAM", 3, "JAM")]
    public void Fit_NoWordingFits_CutsAtAWordOrACell(string line, int characters, string expected) =>
        Assert.Equal(expected, MultiText.Fit(line, characters));

    [Fact]
    public void Compose_BracketsInText_CannotBecomeTags()
    {
        var multi = MultiText.Compose(["A[fl]B", "]["], Face);
        Assert.Equal("[jp3][jl3]A[[fl]]B[nl]]][[", multi);
        Assert.Equal("A[fl]B|][", MultiString.JoinText(multi, "|"));
    }

    [Fact]
    public void Compose_WhatNoBoardCanShow_IsDropped() => Assert.Equal("[jp3][jl3]AB", MultiText.Compose(["A\r\n\0B🦀"], Face));

    [Fact]
    public void Compose_NothingToSay_Blanks() => Assert.Equal("", MultiText.Compose(["", " "], Face));

    [Fact]
    public void Compose_AnyText_GivesWhatTheBoardCanShow()
    {
        var random = new Random(11);
        for (var round = 0; round < 2000; round++)
        {
            var face = new BoardFace(random.Next(1, 5), random.Next(1, 24), random.Next(1, 5), []);
            string[] lines = [.. Enumerable.Range(0, random.Next(0, 7)).Select(_ => Text(random))];
            var multi = MultiText.Compose(lines, face);
            Assert.Empty(MultiLayout.Problems(multi, face));
            Assert.Empty(MultiString.Problems(multi));
        }
    }

    [Theory]
    [InlineData("前方拥堵!", 9)]
    [InlineData("ABC", 3)]
    [InlineData("e\u0301", 1)]
    [InlineData("ｶﾅ", 2)]
    [InlineData("Ａ１", 4)]
    public void Width_Text_CountsCells(string text, int cells) => Assert.Equal(cells, CellWidth.Of(text));

    [Theory]
    [InlineData(2, 5, 50)]
    [InlineData(3, 2, 60)]
    [InlineData(0, 0, 0)]
    [InlineData(20, 1, 255)]
    public void PhaseTime_UnitsAndWords_IsTheLongerOfBoth(int units, int words, int tenths) => Assert.Equal(tenths, PhaseTime.On(units, words));

    [Fact]
    public void PhaseTime_FiveWordsOnTwoLines_IsFiveSeconds() => Assert.Equal(50, PhaseTime.On(["ROAD WORK NEXT", "EXIT CLOSED"]));

    [Fact]
    public void PhaseTime_ChineseAndLongWords_CountAsWhatTheyTakeToRead() => Assert.Equal(70, PhaseTime.On(["前方道路施工请慢行", "CONSTRUCTION"]));

    [Fact]
    public void Problems_LinesThatDoNotFit_AreNamed()
    {
        Assert.Empty(MultiText.Problems(["SLOW TRAFFIC AHEAD OF YOU|SLOW", "NOW"], Face));
        Assert.Equal(
            ["line 1: no wording fits the board's 4 cells", "line 2: U+1F980 is not a character that boards can show", "3 lines, the board has room for 2"],
            MultiText.Problems(["JUNCTION", "🦀A", "B"], new BoardFace(1, 4, 9, [])));
        Assert.Equal(["shows nothing"], MultiText.Problems([" "], Face));
    }

    private static string Text(Random random)
    {
        string[] parts = ["SLOW", " ", "TRAFFIC", "[", "]", "[nl]", "|", "前方", "🦀", "\n", "AHEAD OF YOU", "x", "[/fl]", "拥堵"];
        return string.Concat(Enumerable.Range(0, random.Next(0, 6)).Select(_ => parts[random.Next(parts.Length)]));
    }
}
