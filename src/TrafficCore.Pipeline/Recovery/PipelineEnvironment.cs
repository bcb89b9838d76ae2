using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using TrafficCore.Log;
using TrafficCore.Pipeline.Ingest;

namespace TrafficCore.Pipeline.Recovery;

/// <summary>What a pipeline is given from outside, and where its parts report that they failed.</summary>
internal sealed record PipelineEnvironment(
    PipelineOptions Options, ILogFileSystem Files, TimeProvider Time, Func<uint> NewSalt, IMeterFactory Meters, ILogger Logger)
{
    public PipelineHealth Health { get; } = new();

    /// <summary>Snapshots that are not to be loaded, the newest first, since pages of theirs cannot be read.</summary>
    public int PassedOver { get; private init; }

    /// <summary>The same with one snapshot less and nothing failed yet.</summary>
    public PipelineEnvironment WithoutTheNewest() => new(Options, Files, Time, NewSalt, Meters, Logger) { PassedOver = PassedOver + 1, Progress = Progress };

    /// <summary>Is told how far recovery is; null: nobody.</summary>
    public IProgress<RecoveryProgress>? Progress { get; init; }

    public void Fault(string component, Exception exception)
    {
        if (Health.Report(component, exception))
        {
            PipelineLog.Faulted(Logger, exception, component);
        }
    }

    public void OnLogFault(LogFault fault)
    {
        PipelineLog.LogFault(Logger, fault.Error, fault.Log, fault.Kind, fault.Position);
        if (fault.Kind == LogFaultKind.SinkFailed)
        {
            Fault(fault.Log, fault.Error ?? new InvalidOperationException("The commit sink failed."));
        }
    }

    public void OnDamage(DamagedRange damage, string? keptAs) => PipelineLog.Damage(
        Logger, damage.Count, damage.Counts.Keys.Count(static device => device != DamagedRange.NoDevice), keptAs ?? "nowhere: nothing is left of it, or the disk refused");

    public void OnGap(string log, LogGap gap) => PipelineLog.Gap(Logger, log, gap.From, gap.To, gap.To - gap.From);

    public void OnRecovered(string log, LogRecoveryReport report)
    {
        if (report.TornBytes > 0)
        {
            PipelineLog.TornTail(Logger, log, report.TornBytes);
        }
    }
}

/// <summary>How far the input log was replayed.</summary>
/// <param name="Position">Input position.</param>
/// <param name="End">Where the input log ends.</param>
/// <param name="Records">Records replayed.</param>
/// <param name="Received">Readings, observations, events and refused things in them.</param>
public readonly record struct RecoveryProgress(long Position, long End, long Records, long Received);
