using TrafficCore.Traffic.Windows;

namespace TrafficCore.Pipeline.Shards;

/// <summary>What every detector of an intersection observed in one window, and which of their rows changed since the last output.</summary>
/// <remarks>Scratch of the row builder: filled for one window at a time, reused for the next.</remarks>
internal sealed class DetectorFlows
{
    private readonly List<ClassTally> _tallies = [];
    private DetectorFlow[] _flows = new DetectorFlow[16];
    private bool[] _changed = new bool[16];
    private int[] _alive = new int[4];

    public ref DetectorFlow this[int index] => ref _flows[index];

    /// <summary>The row would differ from the one that was emitted last.</summary>
    public bool IsChanged(int index) => _changed[index];

    public void Fill(IntersectionState state, PageState page, int length, int window, IntersectionPlan plan)
    {
        if (_flows.Length < plan.Detectors.Length)
        {
            _flows = new DetectorFlow[plan.Detectors.Length];
            _changed = new bool[plan.Detectors.Length];
        }

        FillAlive(state, page, length, window, plan);
        FirstAndLast hours = page.HoursOf(length, window);
        long size = state.Lengths[length].Length;
        for (int i = 0; i < plan.Detectors.Length; i++)
        {
            FillOne(i, plan, page, length, window, hours, size);
        }
    }

    /// <summary>Everything of the window was emitted: what comes next is a change.</summary>
    public void Settle(PageState page, int length, int window, IntersectionPlan plan, PagePool pool)
    {
        foreach (DetectorPage? detector in page.Detectors)
        {
            detector?.Settle(length, window, pool, ref page.Bytes);
        }

        for (int i = 0; i < plan.Controllers.Length; i++)
        {
            if (Find(page, plan.Controllers[i]) is not { } controller)
            {
                continue;
            }

            int[] emitted = controller.EmittedAlive[length] ??= new int[page.Slots[length].Length];
            emitted[window] = _alive[i] + 1;
            foreach (ChannelPage channel in controller.Channels)
            {
                if (channel.Counts[length] is { } counts)
                {
                    counts[window] &= ~1;
                }
            }
        }
    }

    private static ControllerPage? Find(PageState page, int device) => device < page.Controllers.Length ? page.Controllers[device] : null;

    private void FillAlive(IntersectionState state, PageState page, int length, int window, IntersectionPlan plan)
    {
        if (_alive.Length < plan.Controllers.Length)
        {
            _alive = new int[plan.Controllers.Length];
        }

        long size = state.Lengths[length].Length;
        for (int i = 0; i < plan.Controllers.Length; i++)
        {
            int device = plan.Controllers[i];
            _alive[i] = Find(page, device) is { } controller
                ? AliveTime.Ms(page, controller, state.Details(device).Batches, window * size, size)
                : 0;
        }
    }

    private void FillOne(int index, IntersectionPlan plan, PageState page, int length, int window, FirstAndLast hours, long size)
    {
        PlanDetector planned = plan.Detectors[index];
        DetectorPage? detector = page.FindDetector(planned.Device);
        ref DetectorFlow flow = ref _flows[index];
        flow = default;
        flow.Cell = detector?.ReadCell(length, window) ?? default;
        _changed[index] = RowTrack.IsDirty(detector?.ReadRow(length, window) ?? 0);
        if (flow.Cell.Readings > 0)
        {
            // Where it sent readings, they win over the events of its channel: both count the same vehicles.
            flow.HasContent = flow.IsExpected = true;
            flow.Interval = flow.Cell.ShortestInterval;
            flow.Classes = Classes(index, page, detector!, length, window);
            return;
        }

        if (planned.Channel >= 0 && FillChannel(ref flow, index, plan, page, length, window, hours))
        {
            return;
        }

        uint shortest = detector?.ShortestIn(hours) ?? DetectorPage.NoReading;
        bool isSeen = shortest != DetectorPage.NoReading;
        flow.Interval = planned.Interval > 0 ? planned.Interval : isSeen ? shortest : 0;
        flow.IsChannel = planned.IsNamed && planned.Channel >= 0 && flow.Interval == 0;
        flow.IsExpected = (planned.IsNamed || isSeen) && flow.Interval <= size;
    }

    private bool FillChannel(
        ref DetectorFlow flow, int index, IntersectionPlan plan, PageState page, int length, int window, FirstAndLast hours)
    {
        PlanDetector planned = plan.Detectors[index];
        uint hourMask = (uint)((1L << (hours.Last + 1)) - (1L << hours.First));
        bool isSeen = planned.IsNamed, isChanged = false;
        for (int i = 0; i < plan.Controllers.Length; i++)
        {
            if (Find(page, plan.Controllers[i]) is not { } controller)
            {
                continue;
            }

            ChannelPage? channel = controller.Find(planned.Channel);
            int count = channel?.ReadCount(length, window) ?? 0;
            isSeen |= ((channel?.Hours ?? 0) & hourMask) != 0;
            isChanged |= (count & 1) != 0 || _alive[i] + 1 != (controller.EmittedAlive[length]?[window] ?? 0);
            flow.Cell.Volume += ChannelPage.Vehicles(count);
            flow.Cell.Readings += ChannelPage.Vehicles(count);
            flow.Cell.ObservedMs = Math.Max(flow.Cell.ObservedMs, _alive[i]);
        }

        // A learnt channel exists in the hours in which it had a vehicle; a named one whenever its controller is alive.
        _changed[index] |= isChanged;
        if (!isSeen || flow.Cell.ObservedMs == 0)
        {
            flow.Cell = default;
            return false;
        }

        flow.HasContent = flow.IsExpected = flow.IsChannel = true;
        return true;
    }

    private ClassTally? Classes(int index, PageState page, DetectorPage detector, int length, int window)
    {
        while (_tallies.Count <= index)
        {
            _tallies.Add(new ClassTally());
        }

        ClassTally tally = _tallies[index];
        tally.Clear();
        ClassVolumes classes = detector.ReadClasses(length, window);
        while (classes.MoveNext())
        {
            tally.Add(page.ClassNames[classes.Number], classes.Volume >> 1);
        }

        return tally.IsEmpty ? null : tally;
    }
}
