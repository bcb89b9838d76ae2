namespace TrafficCore.Log;

/// <summary>
/// Works behind the writer: links finished segments into the chain of hashes, then packs them. It takes a bounded share of one
/// processor and never holds the writer up.
/// </summary>
/// <remarks>
/// Ownership: any thread wakes it; at most one background thread works and ends when there is nothing left to do. What fails is
/// reported and tried again at the next wake-up.
/// </remarks>
internal sealed class SegmentSealer : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private readonly string _directory;
    private readonly LogOptions _options;
    private readonly ILogFileSystem _files;
    private readonly SegmentCatalog _catalog;
    private readonly SealedHistory _history;
    private readonly LogMeter _meter;
    private readonly Action<Exception> _onFailure;
    private readonly SegmentPacker _packer;
    private readonly HashSet<long> _unpackable = [];
    private Thread? _thread;
    private bool _again;
    private long _resumed;

    public SegmentSealer(
        string directory, LogOptions options, ILogFileSystem files, SegmentCatalog catalog, SealedHistory history, LogMeter meter, Action<Exception> onFailure)
    {
        (_directory, _options, _files, _catalog, _history, _meter, _onFailure) = (directory, options, files, catalog, history, meter, onFailure);
        _packer = new SegmentPacker([.. options.Layouts], options.PackBlockBytes);
    }

    /// <summary>There may be something to seal.</summary>
    public void Wake()
    {
        if (_options.PrepareInline)
        {
            Work();
            return;
        }

        lock (_gate)
        {
            _again = true;
            if (_thread is null && !_stop.IsSet)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = $"log-seal-{_options.Name}", Priority = ThreadPriority.Lowest };
                _thread.Start();
            }
        }
    }

    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _stop.Set();
            thread = _thread;
        }

        thread?.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            lock (_gate)
            {
                if (!_again || _stop.IsSet)
                {
                    _thread = null;
                    return;
                }

                _again = false;
            }

            Work();
        }
    }

    private void Work()
    {
        try
        {
            _resumed = _meter.Timestamp;
            while (_history.LinkNext(IsReady, Pause) is not null)
            {
            }

            if (_options.Pack)
            {
                Pack();
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Whatever is wrong with old segments, new readings are taken.
            _onFailure(failure);
        }
    }

    /// <summary>A segment is left alone until the next one is half full: a rewind of the newest batch then finds it as it was.</summary>
    private bool IsReady(Segment segment)
    {
        var next = _catalog.Segments.SkipWhile(other => other.Sequence <= segment.Sequence).Take(2).ToArray();
        return next.Length == 2 || (next.Length == 1 && _catalog.DurableEnd - next[0].Base > next[0].Capacity / 2);
    }

    private void Pack()
    {
        foreach (var (segment, _) in _catalog.Finished.ToArray())
        {
            var wanted = !segment.IsPacked && segment.Salt is not null && !_unpackable.Contains(segment.Sequence);
            if (wanted && _history.Find(segment) is { } link && link.End > link.Base && !TryPack(segment, link))
            {
                return;
            }
        }
    }

    /// <summary>Packs one segment, or says why not. False: the log closes.</summary>
    private bool TryPack(Segment segment, ChainLink link)
    {
        var temporary = Path.Combine(_directory, $"pack{SegmentPreparer.Extension}");
        _files.Delete(temporary);
        try
        {
            using var target = _files.Create(temporary, 0);
            using (var cursor = new SegmentCursor(segment, segment.Open(_files)))
            {
                if (!_packer.TryPack(cursor, link.End, target, Pause))
                {
                    return false;
                }
            }

            // Not owned: closing it would close the target.
            var packed = new PackedFile(target);
            var content = SegmentContent.Hash(segment, packed, link.End, Pause);
            if (content is not null && !content.AsSpan().SequenceEqual(link.Content))
            {
                _unpackable.Add(segment.Sequence);
                _onFailure(new InvalidDataException($"{segment.Path} is no longer as it was sealed, so it is not packed."));
                return true;
            }

            if (content is not null)
            {
                _history.Replace(segment, temporary, target.Length, packed.Length);
            }

            return content is not null;
        }
        catch (FileNotFoundException)
        {
            // Retention was faster.
            return true;
        }
        finally
        {
            DeleteQuietly(temporary);
        }
    }

    /// <summary>Rests in proportion to the time worked since the last rest. False: the log closes.</summary>
    private bool Pause()
    {
        if (_options.PrepareInline)
        {
            return true;
        }

        var worked = _meter.Elapsed(_resumed);
        var stopped = _stop.Wait(worked * ((100.0 / _options.SealingCpuPercent) - 1));
        _resumed = _meter.Timestamp;
        return !stopped;
    }

    private void DeleteQuietly(string temporary)
    {
        try
        {
            _files.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The next attempt, or the next opening, deletes it.
        }
    }
}
