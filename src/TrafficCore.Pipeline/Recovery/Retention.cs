using TrafficCore.Log;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>Deletes from the logs what neither of the two kept snapshots, no sink and no configured keeping time needs.</summary>
/// <remarks>Ownership: the snapshotter, one snapshot at a time.</remarks>
internal sealed class Retention
{
    private readonly PipelineOptions _options;
    private readonly GroupCommitLog _input;
    private readonly PageStore _pages;
    private readonly OutputLog _output;
    private readonly ServiceClock _clock;
    private readonly LogMarks _inputMarks;
    private readonly LogMarks _outputMarks;

    // The snapshot before the newest; null while this process knows of one only.
    private SnapshotHead? _previous;

    public Retention(
        PipelineOptions options,
        GroupCommitLog input,
        PageStore pages,
        OutputLog output,
        ServiceClock clock,
        SnapshotHead? loaded)
    {
        _options = options;
        _input = input;
        _pages = pages;
        _output = output;
        _clock = clock;
        _previous = loaded;
        _inputMarks = new LogMarks(loaded?.InputMarks ?? []);
        _outputMarks = new LogMarks(loaded?.OutputMarks ?? []);
    }

    public IReadOnlyList<LogMark> NoteInput(long position) => Note(_inputMarks, position, _input.Start);

    public IReadOnlyList<LogMark> NoteOutput(long position) => Note(_outputMarks, position, _output.Start);

    /// <summary>After a snapshot is durable.</summary>
    public void Apply(SnapshotHead newest)
    {
        var previous = _previous;
        _previous = newest;
        if (previous is null)
        {
            return;
        }

        var now = _clock.NowMs;
        var wantedInput = Math.Max(
            _inputMarks.OlderThan(now - (long)_options.InputKeep.TotalMilliseconds),
            _input.StartOfNewest(_options.InputMaxBytes));
        Delete(Math.Min(wantedInput, previous.Position), _input.Start, _input.RetainFrom);
        Delete(Math.Min(previous.OldestPage, newest.OldestPage), _pages.Start, _pages.RetainFrom);
        var wantedOutput = Math.Max(
            _outputMarks.OlderThan(now - (long)_options.OutputKeep.TotalMilliseconds),
            _output.StartOfNewest(_options.OutputMaxBytes));
        Delete(Math.Min(Math.Min(wantedOutput, _output.LowestHold), previous.OutputFrom), _output.Start, _output.RetainFrom);
    }

    private static void Delete(long position, long start, Action<long> retainFrom)
    {
        if (position > start)
        {
            retainFrom(position);
        }
    }

    private IReadOnlyList<LogMark> Note(LogMarks marks, long position, long start)
    {
        marks.Note(position, _clock.NowMs);
        marks.Trim(start);
        return marks.All;
    }
}
