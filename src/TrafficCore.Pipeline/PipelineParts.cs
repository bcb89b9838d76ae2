using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Recovery;

namespace TrafficCore.Pipeline;

/// <summary>Everything a running pipeline consists of; put together by recovery, run and taken apart by <see cref="TrafficPipeline"/>.</summary>
internal sealed record PipelineParts(
    PipelineEnvironment Environment,
    DataDirectory Directory,
    GroupCommitLog Input,
    ServiceClock Clock,
    ControlSide Control,
    PageStore Pages,
    OutputSide Output,
    IReadOnlyList<ShardLoop> Shards,
    Dispatcher Dispatcher,
    ReceivedReader Received,
    LedgerDesk Ledger,
    Snapshotter Snapshots,
    AsyncSignal SnapshotTrigger,
    PipelineMetrics Metrics);
