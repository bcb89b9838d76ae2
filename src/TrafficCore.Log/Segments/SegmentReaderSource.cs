namespace TrafficCore.Log;

/// <summary>What a reader needs of a log: its files and its catalog.</summary>
internal sealed record SegmentReaderSource(ILogFileSystem Files, SegmentCatalog Catalog);
