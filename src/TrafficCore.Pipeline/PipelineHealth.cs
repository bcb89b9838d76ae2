using System.Diagnostics.CodeAnalysis;

namespace TrafficCore.Pipeline;

/// <summary>What stopped the pipeline, if anything did.</summary>
/// <param name="Component">Which loop failed, e.g. <c>shard 0</c> or <c>output</c>.</param>
/// <param name="Exception">Why.</param>
public sealed record PipelineFault(string Component, Exception Exception);

/// <summary>Whether the pipeline works. The first fault stays until the process restarts.</summary>
/// <remarks>
/// Ownership: any thread reports and reads. After a fault no further commit is made, so nothing more is acknowledged; what was
/// acknowledged is in the log and is recovered at the next start.
/// </remarks>
public sealed class PipelineHealth
{
    private readonly TaskCompletionSource<PipelineFault> _faulted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipelineFault? _fault;

    /// <summary>The first fault, or null while all is well.</summary>
    public PipelineFault? Fault => Volatile.Read(ref _fault);

    /// <summary>True when a loop has failed.</summary>
    [MemberNotNullWhen(true, nameof(Fault))]
    public bool IsFaulted => Fault is not null;

    /// <summary>Completes with the first fault; never completes in a healthy pipeline.</summary>
    public Task<PipelineFault> Faulted => _faulted.Task;

    /// <summary>Records a fault. False: there was one before, which stays.</summary>
    internal bool Report(string component, Exception exception)
    {
        var fault = new PipelineFault(component, exception);
        if (Interlocked.CompareExchange(ref _fault, fault, null) is not null)
        {
            return false;
        }

        _faulted.TrySetResult(fault);
        return true;
    }

    /// <summary>Throws when the pipeline has failed.</summary>
    internal void ThrowIfFaulted()
    {
        if (Fault is { } fault)
        {
            throw new PipelineFaultedException(fault);
        }
    }
}

/// <summary>An operation was asked of a pipeline that has failed.</summary>
public sealed class PipelineFaultedException : Exception
{
    /// <summary>Wraps the fault.</summary>
    public PipelineFaultedException(PipelineFault fault)
        : base($"The pipeline has stopped: {fault.Component} failed ({fault.Exception.Message}).", fault.Exception)
        => Fault = fault;

    /// <summary>What failed.</summary>
    public PipelineFault Fault { get; }
}
