using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Makes the rows of one window that are new or changed, and counts their revisions.</summary>
/// <remarks>Ownership: the shard loop; the result is valid until the next call.</remarks>
/// <param name="service">How levels of service are judged.</param>
/// <param name="pool">The shard's.</param>
internal sealed class WindowRows(ServiceRules service, PagePool pool)
{
    private readonly DetectorFlows _flows = new();
    private readonly FlowSum _sum = new();
    private readonly List<FlowRow> _rows = [];
    private readonly PcuTable _pcu = PcuTable.Cjj37;

    // The window at hand.
    private IntersectionState _state = null!;
    private PageState _page = null!;
    private IntersectionPlan _plan = null!;
    private WindowFlags _flags;
    private int _length;
    private int _window;

    public IReadOnlyList<FlowRow> Build(IntersectionState state, PageState page, int length, int window)
    {
        Begin(state, page, length, window);
        AddDetectors();
        AddIntersection(AddApproaches());
        _flows.Settle(page, length, window, _plan, pool);
        return _rows;
    }

    /// <summary>Approach and intersection rows of what was observed so far, with revision 0. Changes nothing.</summary>
    public IReadOnlyList<FlowRow> Preview(IntersectionState state, PageState page, int length, int window)
    {
        Begin(state, page, length, window);
        ServiceJudgement? deciding = null;
        foreach (PlanApproach approach in _plan.Approaches)
        {
            SumOf(approach.Members);
            ServiceJudgement? judgement = JudgeSum(approach);
            deciding = ServiceJudgement.Deciding(deciding, judgement);
            AddObserved(Key(FlowLevel.Approach, approach.Id), judgement, approach.FreeFlowCenti);
        }

        SumOf(_plan.Counting);
        AddObserved(Key(FlowLevel.Intersection, _state.Id), deciding, null);
        return _rows;
    }

    private void Begin(IntersectionState state, PageState page, int length, int window)
    {
        _state = state;
        _page = page;
        _length = length;
        _window = window;
        _flags = page.Slots[length][window].Flags;
        _plan = state.PlanAt(Key(FlowLevel.Intersection, "").Start);
        _rows.Clear();
        _flows.Fill(state, page, length, window, _plan);
    }

    private bool IsFirst => (_flags & WindowFlags.Open) != 0;

    private bool WantsEmpties => (_flags & WindowFlags.Empties) != 0 && _plan.IsNamed;

    private void AddDetectors()
    {
        for (int i = 0; i < _plan.Detectors.Length; i++)
        {
            ref DetectorFlow flow = ref _flows[i];
            PlanDetector planned = _plan.Detectors[i];
            int revision = RowTrack.Revision(_page.FindDetector(planned.Device)?.ReadRow(_length, _window) ?? 0);

            // Without content: the empty row of a silent detector, or one whose minute turned out to lie in a hole.
            bool isDue = flow.HasContent
                ? IsFirst || revision == 0 || _flows.IsChanged(i)
                : revision == 0 ? WantsEmpties && planned.IsNamed && flow.IsExpected : _flows.IsChanged(i);
            if (isDue)
            {
                revision = RowTrack.Emit(ref _page.Detector(planned.Device).Open(_length, _window, pool, ref _page.Bytes).Row);
                _rows.Add(DetectorRow.Create(Key(FlowLevel.Detector, planned.Id), revision, in flow, planned.IsAtStopBar, _pcu));
            }
        }
    }

    /// <summary>Adds the approaches' rows; returns what decides for the intersection.</summary>
    private ServiceJudgement? AddApproaches()
    {
        ServiceJudgement? deciding = null;
        foreach (PlanApproach approach in _plan.Approaches)
        {
            bool isChanged = SumOf(approach.Members);
            ServiceJudgement? judgement = JudgeSum(approach);
            deciding = ServiceJudgement.Deciding(deciding, judgement);
            ref int revision = ref _page.ApproachRow(approach.Id, _length, _window);
            if (IsDue(revision, isChanged))
            {
                _rows.Add(_sum.ToRow(Key(FlowLevel.Approach, approach.Id), ++revision, judgement, approach.FreeFlowCenti, _pcu));
            }
        }

        return deciding;
    }

    private void AddIntersection(ServiceJudgement? deciding)
    {
        bool isChanged = SumOf(_plan.Counting);
        ref int revision = ref _page.IntersectionRows[_length][_window];
        if (IsDue(revision, isChanged))
        {
            _rows.Add(_sum.ToRow(Key(FlowLevel.Intersection, _state.Id), ++revision, deciding, null, _pcu));
        }
    }

    private ServiceJudgement? JudgeSum(PlanApproach approach) => _sum.Judge(approach.FreeFlowCenti, approach.IsJudgedByOccupancy, service);

    private void AddObserved(in RowKey key, ServiceJudgement? judgement, int? freeFlowCenti)
    {
        if (_sum.HasContent)
        {
            _rows.Add(_sum.ToRow(in key, 0, judgement, freeFlowCenti, _pcu));
        }
    }

    private bool IsDue(int revision, bool isChanged) => revision == 0
        ? _sum.HasContent || (WantsEmpties && _sum.HasExpected)
        : isChanged || (_sum.HasContent && (_flags & WindowFlags.Expectation) != 0);

    /// <summary>Sums detectors; true when one of them brings a change.</summary>
    private bool SumOf(int[] members)
    {
        _sum.Clear();
        bool isChanged = false;
        foreach (int member in members)
        {
            _sum.Add(in _flows[member], _state.Lengths[_length].Length);
            isChanged |= _flows.IsChanged(member) || (IsFirst && _flows[member].HasContent);
        }

        return isChanged;
    }

    private RowKey Key(FlowLevel level, string id)
    {
        long size = _state.Lengths[_length].Length;
        return new RowKey(_state.Id, level, id, _page.Start + (_window * size), size);
    }
}
