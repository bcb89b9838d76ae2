using TrafficCore.Boards.Multi;

namespace TrafficCore.Tests.Boards;

public sealed class MultiTextTests
{
    [Fact]
    public void Compose_TwoLines_AreCentredOnOnePage() =>
        Assert.Equal("[jp3]SLOW[nl]TRAFFIC", MultiText.Compose(["SLOW", "TRAFFIC"], 3, 16, 2));

    [Fact]
    public void Compose_MoreLinesThanAPage_TakesTheNextPageAndDropsWhatHasNoRoom() =>
        Assert.Equal("[jp3]A[nl]B[np][jp3]C[nl]D", MultiText.Compose(["A", "B", "C", "D", "E"], 2, 16, 2));

    [Fact]
    public void Compose_LineTooLong_TakesTheWordingThatFits() =>
        Assert.Equal("[jp3]SLOW", MultiText.Compose(["SLOW TRAFFIC AHEAD|SLOW TRAFFIC|SLOW"], 3, 8, 1));

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
    public void Compose_BracketsInText_CannotBecomeTags() =>
        Assert.Equal("[jp3]A[[fl]]B", MultiText.Compose(["A[fl]B"], 3, 16, 1));

    [Fact]
    public void Compose_ControlCharacters_AreDropped() => Assert.Equal("[jp3]AB", MultiText.Compose(["A\r\n\0B"], 3, 16, 1));

    [Fact]
    public void Compose_NothingToSay_Blanks() => Assert.Equal("", MultiText.Compose(["", " "], 3, 16, 1));

    [Fact]
    public void Width_ChineseText_TakesTwoCellsEach() => Assert.Equal(9, MultiText.Width("前方拥堵!"));
}
