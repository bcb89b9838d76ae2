using TrafficCore.Traffic.Service;
using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Makes the rows of one window that are new or changed, and counts their revisions.</summary>
/// <remarks>Ownership: the shard loop; the result is valid until the next call.</remarks>
internal sealed class WindowRows
{
    private readonly DetectorFlows _flows = new();
    private readonly FlowSum _sum = new();
    private readonly List<FlowRow> _rows = [];
    private readonly PcuTable _pcu = PcuTable.Cjj37;
    private readonly SpeedRatioThresholds _thresholds = SpeedRatioThresholds.Hcm7;

    // The window at hand.
    private IntersectionState _state = null!;
    private PageState _page = null!;
    private IntersectionPlan _plan = null!;
    private WindowFlags _flags;
    private int _length;
    private int _window;

    public IReadOnlyList<FlowRow> Build(IntersectionState state, PageState page, int length, int window)
    {
        _state = state;
        _page = page;
        _length = length;
        _window = window;
        _flags = page.Slots[length][window].Flags;
        _plan = state.PlanAt(Key(FlowLevel.Intersection, "").Start);
        _rows.Clear();
        _flows.Fill(state, page, length, window, _plan);
        AddDetectors();
        (int? Level, int? RatioMilli) worst = AddApproaches();
        AddIntersection(worst);
        _flows.Settle(page, length, window, _plan);
        return _rows;
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
                revision = RowTrack.Emit(ref _page.Detector(planned.Device).Row(_length, _window, ref _page.Bytes));
                _rows.Add(DetectorRow.Create(Key(FlowLevel.Detector, planned.Id), revision, in flow, _pcu));
            }
        }
    }

    private (int? Level, int? RatioMilli) AddApproaches()
    {
        (int? Level, int? RatioMilli) worst = default;
        foreach (PlanApproach approach in _plan.Approaches)
        {
            bool isChanged = SumOf(approach.Members);
            (int? Level, int? RatioMilli) service = _sum.Judge(approach.FreeFlowCenti, _thresholds);
            worst = (LevelOfService.Worst(worst.Level, service.Level), Lower(worst.RatioMilli, service.RatioMilli));
            AddSum(FlowLevel.Approach, approach.Id, ref _page.ApproachRow(approach.Id, _length, _window), isChanged, service);
        }

        return worst;
    }

    private void AddIntersection((int? Level, int? RatioMilli) worst)
    {
        bool isChanged = SumOf(_plan.Counting);
        AddSum(FlowLevel.Intersection, _state.Id, ref _page.IntersectionRows[_length][_window], isChanged, worst);
    }

    private void AddSum(FlowLevel level, string id, ref int revision, bool isChanged, (int? Level, int? RatioMilli) service)
    {
        bool isDue = revision == 0
            ? _sum.HasContent || (WantsEmpties && _sum.HasExpected)
            : isChanged || (_sum.HasContent && (_flags & WindowFlags.Expectation) != 0);
        if (isDue)
        {
            _rows.Add(_sum.ToRow(Key(level, id), ++revision, service, _pcu));
        }
    }

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

    private static int? Lower(int? left, int? right) => left is null ? right : right is null ? left : Math.Min(left.Value, right.Value);
}
