namespace TrafficCore.Boards.Rules;

/// <summary>The newest windows of one approach and length, as many as any rule counts. Owned by its board.</summary>
internal sealed class ApproachHistory(ApproachKey approach, long length, int capacity, ApproachDetectors detectors)
{
    private readonly List<ApproachSample> samples = [];

    public ApproachKey Approach => approach;

    public long Length => length;

    public ApproachDetectors Detectors => detectors;

    public IReadOnlyList<ApproachSample> Samples => samples;

    public ApproachSample? At(long end) => samples.Find(s => s.End == end);

    /// <summary>Takes a sample, new or corrected; one that is older than everything kept is of no more use.</summary>
    public void Put(ApproachSample sample)
    {
        var index = samples.FindIndex(s => s.End >= sample.End);
        if (index >= 0 && samples[index].End == sample.End)
        {
            samples[index] = sample;
            CountStanding(index);
            return;
        }

        if (index == 0 && samples.Count >= capacity)
        {
            return;
        }

        index = index < 0 ? samples.Count : index;
        samples.Insert(index, sample);
        CountStanding(index);
        if (samples.Count > capacity)
        {
            samples.RemoveAt(0);
        }
    }

    /// <summary>What a step reads in the window of an end; null when it is missing or not to be believed.</summary>
    public WindowEvidence? Read(RuleStep step, long end, double minimumCoverage) => At(end)?.Read(step, length, minimumCoverage, detectors);

    /// <summary>
    /// What a step reads in the last windows up to an end, in order; null when one of them is missing or not to be believed.
    /// </summary>
    public IReadOnlyList<WindowEvidence>? Read(RuleStep step, long end, int windows, double minimumCoverage)
    {
        var evidence = new WindowEvidence[windows];
        for (var i = 0; i < windows; i++)
        {
            if (Read(step, end - ((windows - 1 - i) * length), minimumCoverage) is not { } read)
            {
                return null;
            }

            evidence[i] = read;
        }

        return evidence;
    }

    /// <summary>Times of standing follow from the windows before; the oldest window knows its own.</summary>
    private void CountStanding(int from)
    {
        for (var i = Math.Max(1, from); i < samples.Count; i++)
        {
            samples[i] = samples[i].Behind(samples[i - 1], length);
        }
    }
}
