using System.Security.Cryptography;
using TrafficCore.Host.Configuration;
using TrafficCore.Pipeline;

namespace TrafficCore.Host.Composition;

/// <summary>Says in the pipeline's words what the configuration says in the contract's.</summary>
internal static class PipelineMapping
{
    public static PipelineOptions Options(ServiceSettings settings)
    {
        var options = new PipelineOptions
        {
            DataDirectory = Path.GetFullPath(settings.Data.Directory),
            Shards = settings.Pipeline.Shards,
            WindowLengths = settings.Windows.Length,
            Lateness = settings.Windows.Lateness,
            IdleTimeout = settings.Windows.IdleTimeout,
            InMemory = settings.Windows.InMemory,
            HistoryKeep = settings.History.Keep,
            Service = settings.Service.ToRules(),
            SnapshotInterval = settings.Pipeline.SnapshotInterval,
            InputKeep = settings.Pipeline.InputKeep,
            InputMaxBytes = settings.Pipeline.InputMaxBytes,
            OutputKeep = settings.Pipeline.OutputKeep,
            OutputMaxBytes = settings.Pipeline.OutputMaxBytes,
        };
        options.InputLog.CommitInterval = settings.Pipeline.CommitInterval;
        options.InputLog.Pack = options.OutputLog.Pack = settings.Pipeline.Pack;
        foreach (var log in new[] { options.InputLog, options.OutputLog, options.StateLog })
        {
            log.SegmentBytes = settings.Pipeline.SegmentBytes;
            log.SealingCpuPercent = settings.Pipeline.SealingCpuPercent;
        }

        return options;
    }

    /// <summary>The salt of a new log: bytes in a payload must not be able to guess it.</summary>
    public static uint NewSalt() => BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint)));
}
