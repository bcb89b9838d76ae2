using TrafficCore.Log;
using TrafficCore.Pipeline.Shards;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Pages of an offline state log; what a replay appends stays in memory.</summary>
internal sealed class OfflinePages(OfflineData data) : IPageStore, IDisposable
{
    // Far above any position of a log on a disk.
    private const long FirstAppended = 1L << 62;

    private readonly LogReader _reader = data.OpenState(0);
    private readonly List<byte[]> _appended = [];

    public long Append(long position, long receivedMs, long elapsedMs, ReadOnlySpan<byte> page)
    {
        _appended.Add(page.ToArray());
        return FirstAppended + _appended.Count - 1;
    }

    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public ReadOnlyMemory<byte> Read(long pagePosition) =>
        pagePosition >= FirstAppended ? _appended[(int)(pagePosition - FirstAppended)]
        : PageStore.TryRead(_reader, pagePosition) ?? throw new InvalidDataException($"The state log holds no page at {pagePosition}; a start of the service mends that.");

    public void Dispose() => _reader.Dispose();
}
