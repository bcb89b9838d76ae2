using System.Text;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Output;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Counts what was refused at the door, and puts it into the quarantine.</summary>
internal sealed class RejectionApplier(ShardContext context, DeviceDirectory devices, PseudoLedger pseudo)
{
    /// <summary>Applies a rejection; returns the intersection of this shard that it belongs to, or null.</summary>
    public IntersectionState? Apply(in RejectionView rejection)
    {
        string reason = Encoding.UTF8.GetString(rejection.Reason);
        if (rejection.Device != 0 && devices.TryFind(rejection.Device, out DeviceSlot slot))
        {
            if (slot.State is not null)
            {
                DeviceDetails details = slot.State.Details(slot.Index);
                details.AddRejected(reason, 1);
                context.Outcomes.AddRejected(reason, 1);
                if (rejection.Sequence is { } sequence)
                {
                    SequenceRule.Take(ref slot.State.Device(slot.Index), details, sequence, SequenceTime.Unknown, context.Outcomes);
                }

                Emit(slot.State.Id, slot.State.TakeOrdinal(), in rejection);
            }

            return slot.State;
        }

        string intersection = Encoding.UTF8.GetString(rejection.Intersection);
        if (!devices.Owns(intersection))
        {
            return null;
        }

        pseudo.Add(intersection, rejection.Kind, Encoding.UTF8.GetString(rejection.DeviceId), reason, 1);
        IntersectionState? state = devices.FindOwn(intersection);

        // Names that no device has are a sender's invention: their outputs share one sequence, so that nothing grows with them.
        Emit(state?.Id ?? DeviceKinds.Nobody, state?.TakeOrdinal() ?? 0, in rejection);
        return state;
    }

    private void Emit(string intersection, int ordinal, in RejectionView rejection)
    {
        var head = new OutputHead(context.Position, ordinal, intersection);
        context.Body.Clear();
        QuarantineRecordCodec.Encode(context.Body, in head, context.ReceivedMs, in rejection);
        context.Emit(RecordType.Quarantine, in head);
    }
}
