using TrafficCore.Log;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.IntegrationTests.History;

/// <summary>The outputs of a data directory, intersection by intersection, byte by byte.</summary>
internal static class OutputSequences
{
    public static Dictionary<string, List<string>> Read(string dataDirectory)
    {
        Dictionary<string, List<string>> sequences = [];
        using var reader = LogReader.OpenDirectory(Path.Combine(dataDirectory, "output"), PhysicalFileSystem.Instance, 0);
        while (reader.Read(out var record) is var status and not LogReadStatus.End)
        {
            Assert.Equal(LogReadStatus.Record, status);
            var head = OutputHeadCodec.Decode(record.Body);
            if (head.Cause == OutputHead.Outside)
            {
                continue;
            }

            if (!sequences.TryGetValue(head.Intersection, out var sequence))
            {
                sequences.Add(head.Intersection, sequence = []);
            }

            sequence.Add($"{record.Header.Type} {record.Header.Version} {record.Header.ReceivedMs} {record.Header.ElapsedMs} {Convert.ToHexString(record.Body)}");
        }

        return sequences;
    }

    /// <summary>All of the first are the beginning of the second, or all of it.</summary>
    public static void AssertBegin(Dictionary<string, List<string>> whole, Dictionary<string, List<string>> beginning)
    {
        foreach (var (intersection, sequence) in beginning)
        {
            Assert.Equal(sequence, whole[intersection].Take(sequence.Count));
        }
    }
}
