using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Publishes what may be published after a record of an intersection or at a tick, and corrections at ticks.</summary>
internal sealed class WindowCloser(ShardContext context, WindowMarks marks)
{
    /// <summary>The contract's one revision per window and second.</summary>
    private const long CorrectionIntervalMs = 1000;

    private readonly EmptyRows _empties = new(context, marks);
    private readonly WindowRows _rows = new(context.Options.Service, context.Pool);

    /// <summary>Windows to emit now: index of the length, start.</summary>
    private readonly List<(int Length, long Start)> _due = [];

    /// <summary>After a record of the intersection.</summary>
    public void AfterRecord(IntersectionState state)
    {
        for (int index = 0; index < state.Lengths.Length; index++)
        {
            Observe(state.Lengths[index]);
            TakeClosable(state, index);
        }

        EmitDue(state);

        // While all of it is at hand: at the next tick it would have to be fetched again.
        context.Ticks.Plan(state);
    }

    /// <summary>At a tick.</summary>
    public void AtTick(IntersectionState state)
    {
        for (int index = 0; index < state.Lengths.Length; index++)
        {
            LengthState length = state.Lengths[index];
            Observe(length);
            _empties.Look(state, index);
            TakeClosable(state, index);
            TakeCorrections(state, index);
        }

        EmitDue(state);
    }

    private void Observe(LengthState length) =>
        length.Passes.Observe(Math.Min(length.Highest, context.ReceivedMs), context.ElapsedMs);

    private void TakeClosable(IntersectionState state, int index)
    {
        LengthState length = state.Lengths[index];
        if (!CloseRule.MayClose(state, length, context))
        {
            return;
        }

        long closable = CloseRule.Look(state, length, context);
        int count = 0;
        while (count < length.Open.Count && length.Open[count] + length.Length <= closable)
        {
            _due.Add((index, length.Open[count++]));
        }

        length.Open.RemoveFirst(count);
        CloseRule.Remember(state, length, context);
    }

    private void TakeCorrections(IntersectionState state, int index)
    {
        LengthState length = state.Lengths[index];
        for (int i = 0; i < length.Dirty.Count; i++)
        {
            long start = length.Dirty[i];
            PageState page = PageOf(state, start);
            long lastEmitMs = page.Slots[index][WindowOf(page, index, start)].LastEmitMs;
            if (lastEmitMs == WindowSlot.NeverEmitted || context.ElapsedMs - lastEmitMs >= CorrectionIntervalMs)
            {
                _due.Add((index, start));
                length.Dirty.RemoveAt(i--);
            }
        }
    }

    private void EmitDue(IntersectionState state)
    {
        if (_due.Count == 0)
        {
            return;
        }

        _due.Sort();
        foreach ((int length, long start) in _due)
        {
            Emit(state, length, start);
        }

        _due.Clear();
    }

    private void Emit(IntersectionState state, int length, long start)
    {
        PageState page = PageOf(state, start);
        int window = WindowOf(page, length, start);
        IReadOnlyList<FlowRow> rows = _rows.Build(state, page, length, window);
        if (rows.Count > 0)
        {
            var head = new OutputHead(context.Position, state.TakeOrdinal(), state.Id);
            context.Body.Clear();
            WindowRecordCodec.Encode(context.Body, in head, start, context.Lengths[length], rows);
            context.Emit(RecordType.Window, in head);
            page.Slots[length][window].LastEmitMs = page.LastEmitMs = context.ElapsedMs;
        }

        marks.Done(page, length, window);
        state.Pages.MarkChanged(page);
    }

    /// <summary>A window with work keeps its page, so the page is there.</summary>
    private PageState PageOf(IntersectionState state, long start) =>
        state.Pages.Get(PageMath.FloorDivide(start, context.Lengths.SpanMs))!;

    private int WindowOf(PageState page, int length, long start) => (int)((start - page.Start) / context.Lengths[length]);
}
