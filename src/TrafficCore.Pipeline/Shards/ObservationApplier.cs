using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;
using TrafficCore.Traffic.Observations;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Applies one observation: late, duplicate, or stored, and then it is an output at once: no window waits for it, and it waits for none.</summary>
internal sealed class ObservationApplier(ShardContext context)
{
    public void Apply(in DeviceSlot slot, ObservationKind kind, in ObservationEntry entry)
    {
        IntersectionState state = slot.State!;
        ref DeviceState device = ref state.Device(slot.Index);
        PageState? page = state.PageFor(in device, entry.Timestamp, entry.Timestamp);
        state.Hear(ref device, interval: 0);
        if (page is null)
        {
            device.CountLate(context.Outcomes);
            return;
        }

        if (Store(state, page, slot.Index, in entry))
        {
            Emit(state, new Observation(kind, state.Id, slot.Id, entry.Timestamp, entry.Values));
        }

        if ((entry.Flags & ReadingFlags.Unjudged) == 0)
        {
            state.Advance(ref device, entry.Timestamp);
        }
    }

    private bool Store(IntersectionState state, PageState page, int index, in ObservationEntry entry)
    {
        ref DeviceState device = ref state.Device(index);

        // A time that the server gave says nothing about which observation it is.
        if ((entry.Flags & ReadingFlags.ServerTime) == 0)
        {
            OffsetItems identities = page.Observer(index);
            long before = identities.Bytes;
            IdentityOutcome outcome = identities.AddFirst((int)(entry.Timestamp - page.Start), entry.Values.Fingerprint(), context.Pool);
            if (outcome != IdentityOutcome.Added)
            {
                device.CountDuplicate(outcome, context.Outcomes);
                return false;
            }

            page.Bytes += identities.Bytes - before;
        }

        device.CountStored(context.Outcomes);
        state.Pages.MarkChanged(page);
        return true;
    }

    private void Emit(IntersectionState state, Observation observation)
    {
        var head = new OutputHead(context.Position, state.TakeOrdinal(), state.Id);
        context.Body.Clear();
        ObservationRecordCodec.Encode(context.Body, in head, observation);
        context.Emit(RecordType.Observation, in head);
    }
}
