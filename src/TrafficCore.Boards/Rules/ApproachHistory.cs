namespace TrafficCore.Boards.Rules;

/// <summary>The newest windows of one approach and length, as many as any rule counts. Owned by its board.</summary>
internal sealed class ApproachHistory(ApproachKey approach, long length, int capacity)
{
    private readonly List<ApproachSample> samples = [];

    public ApproachKey Approach => approach;

    public long Length => length;

    public IReadOnlyList<ApproachSample> Samples => samples;

    public ApproachSample? At(long end) => samples.Find(s => s.End == end);

    /// <summary>Takes a sample, new or corrected; one that is older than everything kept is of no more use.</summary>
    public void Put(ApproachSample sample)
    {
        var index = samples.FindIndex(s => s.End >= sample.End);
        if (index >= 0 && samples[index].End == sample.End)
        {
            samples[index] = sample;
            return;
        }

        if (index == 0 && samples.Count >= capacity)
        {
            return;
        }

        samples.Insert(index < 0 ? samples.Count : index, sample);
        if (samples.Count > capacity)
        {
            samples.RemoveAt(0);
        }
    }

    /// <summary>
    /// What a step reads in the last windows up to an end, in order; null when one of them is missing or not to be believed.
    /// </summary>
    public IReadOnlyList<WindowEvidence>? Read(RuleStep step, long end, int windows, double minimumCoverage)
    {
        var evidence = new WindowEvidence[windows];
        for (var i = 0; i < windows; i++)
        {
            if (At(end - ((windows - 1 - i) * length))?.Read(step, length, minimumCoverage) is not { } read)
            {
                return null;
            }

            evidence[i] = read;
        }

        return evidence;
    }
}
