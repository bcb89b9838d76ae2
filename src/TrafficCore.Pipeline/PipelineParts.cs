using Microsoft.Extensions.Logging;
using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;
using TrafficCore.Pipeline.Ingest;
using TrafficCore.Pipeline.Ledger;
using TrafficCore.Pipeline.Output;
using TrafficCore.Pipeline.Recovery;

namespace TrafficCore.Pipeline;

/// <summary>Everything a running pipeline consists of; put together by recovery, run and taken apart by <see cref="TrafficPipeline"/>.</summary>
internal sealed class PipelineParts
{
    public required PipelineOptions Options { get; init; }

    public required TimeProvider Time { get; init; }

    public required ILogger Logger { get; init; }

    public required PipelineMetrics Metrics { get; init; }

    public required PipelineHealth Health { get; init; }

    public required IDisposable Directory { get; init; }

    public required ServiceClock Clock { get; init; }

    public required GroupCommitLog Input { get; init; }

    public required PageStore Pages { get; init; }

    public required DeviceRegistry Devices { get; init; }

    public required NetworkHistory Networks { get; init; }

    public required PacketIdRegistry Packets { get; init; }

    public required LogWriter OutputFile { get; init; }

    public required OutputLog Output { get; init; }

    public required LoopQueue<OutputItem> OutputQueue { get; init; }

    public required OutputWriter OutputWriter { get; init; }

    public required LatestWindows Latest { get; init; }

    public required IReadOnlyList<ShardLoop> Shards { get; init; }

    public required Dispatcher Dispatcher { get; init; }

    public required ReceivedReader Received { get; init; }

    public required LedgerDesk Ledger { get; init; }

    public required Snapshotter Snapshots { get; init; }

    public required AsyncSignal SnapshotTrigger { get; init; }
}
