using TrafficCore.Log;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Tests.Pipeline;

/// <summary>The output log of a directory nobody writes, record by record, as bytes.</summary>
internal sealed class OutputLogFile
{
    private OutputLogFile(List<(OutputHead Head, string Bytes)> records) => Records = records;

    /// <summary>Heads, and everything of a record but its checksum: that depends on the log's salt.</summary>
    public IReadOnlyList<(OutputHead Head, string Bytes)> Records { get; }

    public static OutputLogFile Read(ILogFileSystem files)
    {
        using var reader = LogReader.OpenDirectory(PipelineRig.Directory + "/output", files, 0);
        var records = new List<(OutputHead, string)>();
        LogReadStatus status;
        while ((status = reader.Read(out var record)) != LogReadStatus.End)
        {
            Assert.Equal(LogReadStatus.Record, status);
            var header = record.Header;
            records.Add((
                OutputHeadCodec.Decode(record.Body),
                $"{header.Type}/{header.Version}/{header.Count}/{header.ReceivedMs}/{header.ElapsedMs}/{Convert.ToHexString(record.Body)}"));
        }

        return new OutputLogFile(records);
    }

    /// <summary>Fails unless (cause, ordinal) rises strictly for each intersection.</summary>
    public void AssertOrdered()
    {
        foreach (var outputs in Records.GroupBy(static record => record.Head.Intersection))
        {
            var heads = outputs.Select(static record => (record.Head.Cause, record.Head.Ordinal)).ToList();
            Assert.Equal(heads.Distinct().Order(), heads);
        }
    }
}
