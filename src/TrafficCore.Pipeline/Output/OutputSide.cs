using TrafficCore.Log;
using TrafficCore.Pipeline.Dispatch;

namespace TrafficCore.Pipeline.Output;

/// <summary>Everything behind the shards: the output log, its writer and queue, and what is shown of it.</summary>
internal sealed record OutputSide(
    LogWriter File, OutputLog Log, LoopQueue<OutputItem> Queue, OutputWriter Writer, LatestWindows Latest, OutputProgress Progress, OutsideOutput Outside);
