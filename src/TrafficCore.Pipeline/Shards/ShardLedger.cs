using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;

namespace TrafficCore.Pipeline.Shards;

/// <summary>Reads the outcomes that a shard has counted.</summary>
internal sealed class ShardLedger(DeviceDirectory devices, PseudoLedger pseudo)
{
    public void AddTo(LedgerTotals totals)
    {
        pseudo.AddTo(totals);
        foreach (IntersectionState state in devices.Own)
        {
            for (int i = 0; i < state.DeviceCount; i++)
            {
                state.Details(i).AddTo(totals, in state.Device(i));
            }
        }
    }

    public LedgerTotals? Find(string intersection, DeviceKind kind, string device)
    {
        LedgerTotals? totals = pseudo.Find(intersection, kind, device);
        if (devices.FindOwn(intersection) is not { } state)
        {
            return totals;
        }

        for (int i = 0; i < state.DeviceCount; i++)
        {
            if (state.Device(i).Kind == kind && state.Details(i).Id == device)
            {
                totals ??= new LedgerTotals();
                state.Details(i).AddTo(totals, in state.Device(i));
            }
        }

        return totals;
    }
}
