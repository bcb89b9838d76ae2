using System.Text;
using TrafficCore.Boards.Multi;
using TrafficCore.TestKit;
using TrafficCore.TestKit.Processes;

namespace TrafficCore.Tests.Boards;

/// <summary>The MULTI strings that another implementation's authors publish with their answers.</summary>
public sealed class MultiVectorTests
{
    [Fact]
    public void Normalize_PublishedVectors_GiveThePublishedAnswers()
    {
        var vectors = Read("multi_vectors/ntcip_normalize.csv");
        Assert.Equal(102, vectors.Count);
        Assert.All(vectors, v => Assert.Equal(v[1], MultiString.Normalize(v[0])));

        // A normal form stays as it is.
        Assert.All(vectors, v => Assert.Equal(v[1], MultiString.Normalize(v[1])));
    }

    [Fact]
    public void IsBlank_PublishedVectors_GiveThePublishedAnswers()
    {
        var vectors = Read("multi_vectors/ntcip_is_blank.csv");
        Assert.Equal(19, vectors.Count);
        Assert.All(vectors, v => Assert.True(bool.Parse(v[1]) == MultiString.IsBlank(v[0]), v[0]));
    }

    [Fact]
    public void JoinText_PublishedVectors_GiveThePublishedAnswers()
    {
        var vectors = Read("multi_vectors/ntcip_join_text.csv");
        Assert.Equal(8, vectors.Count);
        Assert.All(vectors, v => Assert.Equal(v[2], MultiString.JoinText(v[0], v[1])));
    }

    private static List<string[]> Read(string path)
    {
        var found = SharedData.Find(path);
        Assert.SkipWhen(found is null && !RequiredTools.AreRequired, $"recorded data {path} is not beside the checkout");
        var lines = File.ReadAllText(found ?? throw new FileNotFoundException("Recorded data is missing.", path)).Split('\n');
        return [.. lines.Skip(1).Where(line => line.Length > 0).Select(line => Cells(line.TrimEnd('\r')))];
    }

    // RFC 4180: a quoted cell may hold commas, and a doubled quote is one.
    private static string[] Cells(string line)
    {
        List<string> cells = [];
        var (cell, quoted) = (new StringBuilder(), false);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append(line[i++]);
            }
            else if (line[i] == '"')
            {
                quoted = !quoted;
            }
            else if (line[i] == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(line[i]);
            }
        }

        return [.. cells, cell.ToString()];
    }
}
